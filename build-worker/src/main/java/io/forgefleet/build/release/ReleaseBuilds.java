package io.forgefleet.build.release;

import io.forgefleet.build.template.CommandImages;
import io.forgefleet.clients.registry.DockerCredentials;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.TemplateConfig;
import io.forgefleet.work.place.Workplaces;
import io.forgefleet.work.sandbox.Sandbox;
import io.forgefleet.work.sandbox.SandboxLimits;
import java.io.IOException;
import java.nio.file.Path;

/** What artifact commands of releases run in: a sandbox as template databases have one, with the same limits. */
public final class ReleaseBuilds implements AutoCloseable {

    private static final int PROCESSES = 512;

    private final Sandbox sandbox;
    private final ReleaseArtifact artifacts;

    public ReleaseBuilds(FleetConfig config, Workplaces workplaces, DockerCredentials credentials) {
        TemplateConfig limits = config.templates();
        Path scratch = config.dataDirectory().resolve("artifacts");
        sandbox = new Sandbox(
                limits.engine().toString(),
                credentials,
                new SandboxLimits(limits.cpus(), limits.memory(), PROCESSES, limits.databaseBytes()),
                scratch,
                limits.timeout());
        CommandImages images = new CommandImages(
                workplaces.registries(),
                credentials,
                config.intervals().park(),
                config.intervals().runTimeout());
        artifacts = new ReleaseArtifact(workplaces, images, sandbox, limits.timeout(), scratch);
    }

    /** Makes the files of one command. */
    public ReleaseArtifact artifacts() {
        return artifacts;
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
    }
}
