package io.forgefleet.clients.forge;

import io.forgefleet.events.ForgeKind;
import java.nio.file.Path;

class GitHubForgeTest extends ForgeConformance {

    @Override
    SampleForge sample(Path folder) throws Exception {
        return new RecordedForge(ForgeKind.GITHUB);
    }

    @Override
    String nameOf(String name) {
        return name.replace('~', '.');
    }
}
