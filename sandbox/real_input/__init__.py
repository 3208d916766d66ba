"""Ten years of a real company's time and real payment behaviour, driven through the whole product and checked."""
