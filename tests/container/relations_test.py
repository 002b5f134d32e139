"""A thousand links and a thousand monitors in each direction between two containers, of which one loses its network."""

import time

import containers
import relations
import support
from containers import run

NAMES = ("troupe@node1", "troupe@node2")


class Relations(containers.Case):
    def related(self):
        nodes = [self.up(x) for x in ("node1", "node2")]
        self.meet({nodes[0]: [NAMES[1]], nodes[1]: [NAMES[0]]}, support.DEADLINE)
        return relations.related(self, *nodes, NAMES)

    def test_a_lost_network_is_a_loss_for_both(self):
        ends = self.related()
        began = time.monotonic()
        run("docker", "network", "disconnect", self.network, ends[1].node.container)
        relations.report("network disconnected", *[x.loss(self, began) for x in ends])
        run("docker", "network", "connect", self.network, ends[1].node.container)
        relations.connected_again(self, ends)

    def test_a_killed_container_is_a_loss_for_the_other(self):
        one, two = self.related()
        began = time.monotonic()
        two.node.docker("kill")
        relations.report("container killed", one.loss(self, began))
        one.nothing_more(self)


if __name__ == "__main__":
    containers.main()
