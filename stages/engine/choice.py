"""Which engine runs a stage. It changes how, not what: all engines give the same outputs."""

from typing import Annotated, Literal

from pydantic import Field

from stages.common.params import SAME_RESULT, SectionModel

# local: this process, with everything in memory; daft: Daft's own runner on this machine; ray: Daft on a Ray cluster.
EngineName = Annotated[Literal["local", "daft", "ray"], SAME_RESULT]


class RayParams(SectionModel):
    """The cluster of engine `ray`."""

    address: Annotated[
        str, Field(min_length=1), SAME_RESULT
    ]  # auto: the cluster that this machine belongs to; or HOST:PORT
