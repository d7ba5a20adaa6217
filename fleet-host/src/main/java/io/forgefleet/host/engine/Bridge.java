package io.forgefleet.host.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network bridge for one engine's build steps and containers, with the rules by which they reach other machines. They reach
 * no container of another engine, unless by a port that this machine publishes, and nobody reaches them.
 */
final class Bridge {

    /** Of the names of all of them. */
    static final String PREFIX = "fleet";

    private final String name;
    private String address = "";

    Bridge(String name) {
        this.name = name;
    }

    /** This machine's address on it. */
    String address() {
        return address;
    }

    void create() throws IOException {
        Subnet subnet = Subnet.free(name.hashCode(), Leftovers.run("ip", "-4", "-o", "route", "show", "table", "all"));
        address = subnet.first();
        Leftovers.run("ip", "link", "add", name, "type", "bridge");
        Leftovers.run("ip", "address", "add", address + "/24", "dev", name);
        Leftovers.run("ip", "link", "set", name, "up");
        rule("-t nat -I POSTROUTING -s " + subnet + " ! -o " + name + " -j MASQUERADE");
        List<String> forward = List.of(
                "-i " + name + " -m conntrack --ctstate DNAT -j ACCEPT",
                "-i " + name + " -o docker+ -j DROP",
                "-i " + name + " -o br-+ -j DROP",
                "-i " + name + " -o " + PREFIX + "+ -j DROP",
                "-i " + name + " -j ACCEPT",
                "-o " + name + " -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-o " + name + " -j DROP");
        for (String each : forward.reversed()) {
            rule("-t filter -I FORWARD " + each);
        }
    }

    /** Takes away rules and bridge, as far as they are there. */
    void remove() throws IOException {
        for (String chain : List.of("nat -S POSTROUTING", "filter -S FORWARD")) {
            String table = chain.substring(0, chain.indexOf(' '));
            for (String rule : rule("-t " + chain).lines().toList()) {
                if (List.of(rule.split(" ")).contains(name)) {
                    rule("-t " + table + " " + rule.replaceFirst("^-A ", "-D "));
                }
            }
        }
        if (Leftovers.run("ip", "-o", "link", "show", "type", "bridge").contains(" " + name + ":")) {
            Leftovers.run("ip", "link", "delete", name);
        }
    }

    private static String rule(String arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("iptables", "-w", "10"));
        line.addAll(List.of(arguments.split(" ")));
        return Leftovers.run(line.toArray(String[]::new));
    }
}
