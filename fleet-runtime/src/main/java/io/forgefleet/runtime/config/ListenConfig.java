package io.forgefleet.runtime.config;

import io.forgefleet.runtime.config.document.Forms;
import io.forgefleet.runtime.config.document.Section;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the services listen.
 *
 * @param webhooks what forges call
 * @param management health, metrics, API and run pages
 * @param advertised where the fleet's other services reach the management address, without a slash at its end; null when
 *     that is said by the address itself, or by the name of this host
 */
public record ListenConfig(
        Address webhooks, Address management, @Nullable URI advertised) {

    /**
     * A TCP address to bind.
     *
     * @param host name or address, without brackets
     * @param port 0 for a free one
     */
    public record Address(String host, int port) {

        private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9.-]+)):([0-9]{1,5})");

        /**
         * Parses {@code host:port} or {@code [address]:port}.
         *
         * @throws IllegalArgumentException for anything else
         */
        public static Address parse(String text) {
            Matcher matcher = FORM.matcher(text);
            int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : -1;
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("host:port was expected, got: " + text);
            }
            return new Address(matcher.group(1) == null ? matcher.group(2) : matcher.group(1), port);
        }

        /** Whether only this machine reaches it. Names other than localhost count as reachable by others. */
        public boolean isLoopback() {
            String name = host.toLowerCase(Locale.ROOT);
            return name.equals("localhost") || name.equals("::1") || name.matches("127(\\.[0-9]{1,3}){3}");
        }

        /** Whether it stands for every address of the machine. */
        public boolean isWildcard() {
            return host.equals("0.0.0.0") || host.equals("::");
        }

        public Address withPort(int other) {
            return new Address(host, other);
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    static ListenConfig read(Section section) {
        return new ListenConfig(
                address(section, "webhooks", new Address("0.0.0.0", 8080)),
                address(section, "management", new Address("127.0.0.1", 8081)),
                section.optional("advertised", Forms.URL, Forms::url).orElse(null));
    }

    private static Address address(Section section, String key, Address otherwise) {
        return section.parsed(key, "host:port such as 127.0.0.1:8081", Address::parse, otherwise);
    }
}
