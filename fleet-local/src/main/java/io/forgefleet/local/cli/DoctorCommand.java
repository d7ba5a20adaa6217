package io.forgefleet.local.cli;

import io.forgefleet.events.wire.Json;
import io.forgefleet.local.console.Invocation;
import io.forgefleet.local.console.Paint;
import io.forgefleet.local.console.Terminal;
import io.forgefleet.local.doctor.Doctor;
import io.forgefleet.local.doctor.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what is there, what is missing, and what to do. */
@Command(
        name = "doctor",
        description =
                "Looks at what a fleet needs: programs, disk, engines, registries, forges, Kafka. Changes nothing."
                        + " Exit code 1 when something fails.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  ./fleet doctor", "  ./fleet doctor --config /etc/forgefleet/fleet.yml --json"})
final class DoctorCommand implements Callable<Integer> {

    private final Invocation invocation;

    @Mixin
    private final FleetFile file = new FleetFile();

    @Option(names = "--json", description = "Print a JSON array with level, what, found and advice.")
    private boolean json;

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        new Doctor(invocation.environment(), finding -> {
                    findings.add(finding);
                    if (!json) {
                        show(finding);
                    }
                })
                .examine(file.path(invocation.environment()));
        if (json) {
            invocation.terminal().print(new String(Json.write(findings), StandardCharsets.UTF_8));
        }
        return findings.stream().anyMatch(each -> each.level() == Finding.Level.FAIL) ? Complaints.FAILED : 0;
    }

    private void show(Finding finding) {
        Terminal terminal = invocation.terminal();
        String word =
                switch (finding.level()) {
                    case OK -> terminal.paint(Paint.GREEN, "ok  ");
                    case WARN -> terminal.paint(Paint.YELLOW, "warn");
                    case FAIL -> terminal.paint(Paint.RED, "FAIL");
                };
        terminal.print(word + "  " + terminal.paint(Paint.BOLD, finding.what()) + ": " + finding.found());
        if (!finding.advice().isEmpty()) {
            terminal.print("      → " + finding.advice());
        }
    }
}
