package io.forgefleet.host.engine;

import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A private network of 256 addresses.
 *
 * @param base its lowest address
 */
record Subnet(int base) {

    private record Range(int from, int to) {

        boolean meets(Subnet subnet) {
            return Integer.compareUnsigned(from, subnet.base + 255) <= 0
                    && Integer.compareUnsigned(to, subnet.base) >= 0;
        }
    }

    private static final Pattern ROUTE =
            Pattern.compile("(?m)^(?:(?:unicast|local|broadcast|unreachable|blackhole|prohibit|throw) )?"
                    + "(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)(?:/(\\d+))?(?= )");
    private static final int PER_BLOCK = 256;

    /** What covers more is a way out in halves or quarters, as VPNs write it, and nobody's network. */
    private static final int LEAST_PREFIX = 8;

    /** Where nobody has used them up by one route to all of a private range. */
    private static final List<Integer> BLOCKS = List.of(0x0AD5_0000, 0xC0A8_0000, 0xAC1E_0000);

    /**
     * One that no route leads to.
     *
     * @param start where the search begins, so that two that search at once differ
     * @param routes as {@code ip -4 -o route show table all} prints them
     */
    static Subnet free(int start, String routes) throws IOException {
        List<Range> used = ROUTE.matcher(routes)
                .results()
                .map(Subnet::range)
                .filter(range -> (range.from() ^ range.to()) >>> (Integer.SIZE - LEAST_PREFIX) == 0)
                .toList();
        return BLOCKS.stream()
                .flatMap(block -> IntStream.range(0, PER_BLOCK)
                        .map(i -> Math.floorMod(start + i, PER_BLOCK))
                        .mapToObj(third -> new Subnet(block + (third << 8))))
                .filter(subnet -> used.stream().noneMatch(range -> range.meets(subnet)))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "this machine has routes to every private network that was tried:" + " no room for a bridge"));
    }

    private static Range range(MatchResult route) {
        int address = 0;
        for (int group = 1; group <= 4; group++) {
            address = (address << 8) | Integer.parseInt(route.group(group));
        }
        int length = route.group(5) == null ? Integer.SIZE : Integer.parseInt(route.group(5));
        int mask = length == 0 ? 0 : -1 << (Integer.SIZE - length);
        return new Range(address & mask, address | ~mask);
    }

    /** The first address that a machine can have. */
    String first() {
        return dotted(base + 1);
    }

    @Override
    public String toString() {
        return dotted(base) + "/24";
    }

    private static String dotted(int address) {
        return "%d.%d.%d.%d".formatted(address >>> 24, (address >>> 16) & 0xFF, (address >>> 8) & 0xFF, address & 0xFF);
    }
}
