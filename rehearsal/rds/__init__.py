"""Amazon RDS on one machine: real database servers behind AWS's operations, in virtual time, as strict as AWS.

Only DB instances, of one engine at a time: PostgreSQL or MariaDB. `service.Rds` is the door; a parameter that is not emulated is refused, never ignored.
"""

from rehearsal.rds.neighbours import Keys, Networks, SecretStore, Subnet
from rehearsal.rds.region import Delays
from rehearsal.rds.service import Rds

__all__ = ["Delays", "Keys", "Networks", "Rds", "SecretStore", "Subnet"]
