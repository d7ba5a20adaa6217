package io.forgefleet.local.doctor;

import io.forgefleet.clients.ClientException;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.PostgresConfig;
import io.forgefleet.work.gate.ConfiguredScan;
import io.forgefleet.work.template.postgres.PostgresServer;
import io.forgefleet.work.template.postgres.PostgresTools;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** Whether the servers for clones of template databases answer, and the programs are there that fill them. */
final class PostgresChecks {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final Consumer<Finding> tell;

    PostgresChecks(Map<String, String> environment, Consumer<Finding> tell) {
        this.environment = environment;
        this.tell = tell;
    }

    void run(FleetConfig config) throws InterruptedException {
        PostgresTools tools = new PostgresTools(ConfiguredScan.paths(config, environment), TIMEOUT);
        for (PostgresConfig.Server each : config.templates().postgres().servers()) {
            String what = "postgres " + each.name();
            try (PostgresServer server = new PostgresServer(each)) {
                String version = server.version();
                int programs = Math.min(tools.version("pg_dump"), tools.version("pg_restore"));
                if (!server.isSuperuser()) {
                    tell.accept(Finding.fail(
                            what,
                            each.user() + " is no superuser of " + server,
                            "name one in templates.postgres.servers; clones get roles that can do nothing else"));
                } else if (programs < Integer.parseInt(version.split("\\.", -1)[0])) {
                    tell.accept(Finding.fail(
                            what,
                            "it is of version " + version + ", and pg_dump and pg_restore here are of " + programs,
                            "install newer client programs, or name them in tools.paths"));
                } else {
                    tell.accept(Finding.ok(what, server + " answers, version " + version));
                }
            } catch (ClientException e) {
                tell.accept(Finding.fail(
                        what, String.valueOf(e.getMessage()), "check templates/postgres/servers in fleet.yml"));
            }
        }
    }
}
