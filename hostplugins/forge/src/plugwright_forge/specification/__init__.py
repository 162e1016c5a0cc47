"""What the plugin is to be: the one document that testers and implementers share."""

from plugwright_forge.specification.model import Base as Base
from plugwright_forge.specification.model import Command as Command
from plugwright_forge.specification.model import Example as Example
from plugwright_forge.specification.model import Invariant as Invariant
from plugwright_forge.specification.model import Parameter as Parameter
from plugwright_forge.specification.model import Requirement as Requirement
from plugwright_forge.specification.model import Setting as Setting
from plugwright_forge.specification.model import Specification as Specification
from plugwright_forge.specification.model import Wish as Wish
from plugwright_forge.specification.model import in_full as in_full
