package io.forgefleet.clients.engine.container;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container for code that nobody vouches for: no capability, no new privileges, no volume of the host.
 *
 * @param image of the engine's store, by digest
 * @param command in place of whatever the image would run
 * @param directory that it starts in; made when it is not there
 * @param network whether it has the engine's usual one, or none at all
 * @param beside id of a container whose network it shares, whatever that is; null for one of its own
 * @param user name or number in the image; null for the image's own
 * @param cpus how many it may keep busy, 0.01 at least
 * @param memory in bytes, without any swap
 * @param processes at once, threads included
 */
public record ContainerSpec(
        String image,
        List<String> command,
        String directory,
        Map<String, String> environment,
        Map<String, String> labels,
        boolean network,
        @Nullable String beside,
        @Nullable String user,
        double cpus,
        long memory,
        int processes) {

    public ContainerSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        labels = Map.copyOf(labels);
    }
}
