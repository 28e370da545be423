"""What runs libraries for Android on this computer."""
