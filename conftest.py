"""What every part's tests share."""

from hypothesis import settings

# A busy machine is not a failure; whoever asks for settings of their own keeps this.
settings.register_profile("plugwright", deadline=None)
settings.load_profile("plugwright")
