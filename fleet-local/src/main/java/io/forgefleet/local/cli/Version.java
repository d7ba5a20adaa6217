package io.forgefleet.local.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version, as the manifest of this jar has it. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {"forgefleet " + Objects.requireNonNullElse(version, "(from sources)")};
    }
}
