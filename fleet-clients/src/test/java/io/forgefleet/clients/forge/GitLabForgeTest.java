package io.forgefleet.clients.forge;

import io.forgefleet.events.ForgeKind;
import java.nio.file.Path;

class GitLabForgeTest extends ForgeConformance {

    @Override
    SampleForge sample(Path folder) throws Exception {
        return new RecordedForge(ForgeKind.GITLAB);
    }

    @Override
    boolean hasDrafts() {
        return false;
    }
}
