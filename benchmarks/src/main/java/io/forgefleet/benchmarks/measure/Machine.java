package io.forgefleet.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a figure was measured on. */
public final class Machine {

    private Machine() {}

    /** Cores, memory, JDK, kernel and how busy the machine is at this moment, in one line. */
    public static String describe() {
        return Table.text(
                "%d cores, %s memory, JDK %s, %s %s, load average %s",
                Runtime.getRuntime().availableProcessors(),
                memory(),
                Runtime.version(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                load());
    }

    private static String memory() {
        try {
            return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                    .filter(line -> line.startsWith("MemTotal:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .map(kib -> Table.text("%.1f GiB", Long.parseLong(kib) / 1024.0 / 1024))
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).replaceAll("^((\\S+ ){2}\\S+).*\\s*$", "$1");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
