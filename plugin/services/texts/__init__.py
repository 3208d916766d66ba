"""Words that leave the house: mail texts by template and language, in Liquid with a closed list of names."""
