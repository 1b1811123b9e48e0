"""What there is to say of a name: the same for the command explain and for the pages of docs/."""
