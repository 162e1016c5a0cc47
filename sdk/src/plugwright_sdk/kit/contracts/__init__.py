"""What every plugin of a family promises, as tests to subclass.

    import tutor_plugin
    from plugwright_sdk.kit.contracts import MemoryContract

    class TestMemories(MemoryContract):
        @pytest.fixture
        def plugin(self):
            return tutor_plugin

Everything goes through a host, as in earnest. `settings` is a second fixture, for
plugins that cannot do without some.
"""

from plugwright_sdk.kit.contracts.abilities import AbilityContract
from plugwright_sdk.kit.contracts.commands import CommandsContract, ToolsContract
from plugwright_sdk.kit.contracts.contract import Contract
from plugwright_sdk.kit.contracts.listeners import ListenerContract
from plugwright_sdk.kit.contracts.memories import MemoryContract
from plugwright_sdk.kit.contracts.providers import ProviderContract
from plugwright_sdk.kit.contracts.schedulers import SchedulerContract
from plugwright_sdk.kit.contracts.validators import ValidatorContract

__all__ = [
    "AbilityContract",
    "CommandsContract",
    "Contract",
    "ListenerContract",
    "MemoryContract",
    "ProviderContract",
    "SchedulerContract",
    "ToolsContract",
    "ValidatorContract",
]
