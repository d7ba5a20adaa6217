package io.forgefleet.clients.forge;

import java.nio.file.Path;

class LocalForgeReleaseTest extends ReleaseConformance {

    @Override
    ReleaseSample releaseSample(Path folder) throws Exception {
        return new LocalForgeSample(folder);
    }
}
