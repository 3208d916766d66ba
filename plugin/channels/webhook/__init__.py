"""Steps that another service carries on (SMS, chat): a signed POST to a target that an administrator named."""
