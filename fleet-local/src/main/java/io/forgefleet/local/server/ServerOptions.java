package io.forgefleet.local.server;

import io.forgefleet.local.console.CommandFailure;
import java.net.URI;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which fleet a command talks to. */
public final class ServerOptions {

    private static final String USUAL = "http://127.0.0.1:8081";

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "Management address of the fleet. Default: FLEET_SERVER, else " + USUAL
                    + ". A token is taken from FLEET_API_TOKEN.")
    private String server = "";

    /** Prepares to talk to it; nothing is asked yet. */
    public FleetServer connect(Map<String, String> environment) throws CommandFailure {
        String text = server.isEmpty() ? environment.getOrDefault("FLEET_SERVER", USUAL) : server;
        return new FleetServer(parse(text), environment.getOrDefault("FLEET_API_TOKEN", ""));
    }

    private static URI parse(String text) throws CommandFailure {
        try {
            URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // told below, as the other ones
        }
        throw new CommandFailure("'" + text + "' is no address of a fleet", "give one such as " + USUAL);
    }
}
