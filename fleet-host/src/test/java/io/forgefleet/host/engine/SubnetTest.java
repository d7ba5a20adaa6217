package io.forgefleet.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SubnetTest {

    private static final String USUAL = """
            default via 192.0.2.1 dev eth0\s
            172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown\s
            broadcast 172.17.255.255 dev docker0 table local proto kernel scope link src 172.17.0.1\s
            """;

    @Test
    void takesNoNetworkThatARouteLeadsTo() throws IOException {
        assertThat(Subnet.free(7, USUAL)).hasToString("10.213.7.0/24");
        assertThat(Subnet.free(7, USUAL).first()).isEqualTo("10.213.7.1");
        assertThat(Subnet.free(7, USUAL + "10.213.7.64/26 dev wg0 scope link \n"))
                .hasToString("10.213.8.0/24");
        assertThat(Subnet.free(7, USUAL + "unreachable 10.213.6.0/23 metric 20 \n"))
                .hasToString("10.213.8.0/24");
        assertThat(Subnet.free(255, USUAL + "10.213.255.9 dev wg0 \n")).hasToString("10.213.0.0/24");
        assertThat(Subnet.free(-1, USUAL)).hasToString("10.213.255.0/24");
    }

    @Test
    void goesToAnotherRangeWhereOneIsTakenAsAWhole() throws IOException {
        assertThat(Subnet.free(7, USUAL + "10.0.0.0/8 via 192.0.2.9 dev eth0 \n"))
                .hasToString("192.168.7.0/24");
    }

    @Test
    void aWayOutInHalvesLeavesRoom() throws IOException {
        assertThat(Subnet.free(7, USUAL + "0.0.0.0/1 via 10.8.0.1 dev tun0 \n128.0.0.0/1 via 10.8.0.1 dev tun0 \n"))
                .hasToString("10.213.7.0/24");
    }

    @Test
    void saysThatThereIsNoRoom() {
        assertThatThrownBy(() -> Subnet.free(7, "10.0.0.0/8 dev a \n192.168.0.0/16 dev a \n172.16.0.0/12 dev a \n"))
                .hasMessageContaining("no room for a bridge");
    }
}
