package io.forgefleet.work.sandbox;

import io.forgefleet.events.image.Digest;
import java.time.Duration;

/**
 * A server in a container of its own beside a command, which reaches it by the loopback address; nobody else does.
 *
 * @param image registry and repository, as the engine reaches them
 * @param user of the image that all of its commands run as
 * @param start runs for as long as the server does; for {@code /bin/sh -c}, as are the others
 * @param ready waits until the server is, and gets it ready for the command; what it prints is taken when it fails
 * @param finish run after the command has succeeded; leaves files
 * @param outputs the folder of the server's container where they lie
 * @param within how long {@code ready} and {@code finish} may each take
 */
public record SandboxServer(
        String image,
        Digest digest,
        String user,
        String start,
        String ready,
        String finish,
        String outputs,
        Duration within) {}
