package io.forgefleet.runtime.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What people call this process among others of its kind. */
public final class ProcessName {

    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private ProcessName() {}

    /** {@code kind@host/pid}: in containers, whose programs are all number 1, the host tells them apart. */
    public static String of(String kind) {
        return kind + "@" + host() + "/" + ProcessHandle.current().pid();
    }

    /** Name of this host, read from the kernel where that works: asking the resolver can take seconds without a network. */
    static String host() {
        try {
            return Files.readString(LINUX_HOST_NAME).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "localhost";
            }
        }
    }
}
