"""The words that a person writes for one mail before it goes, in place of the wording in force (F14, C38)."""
