package io.forgefleet.release.plan;

import io.forgefleet.events.repofile.ReleaseSpec;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.config.FleetConfig;
import io.forgefleet.runtime.config.RepositoryRule;
import io.forgefleet.runtime.config.ScanRule;
import io.forgefleet.runtime.config.release.ReleaseRule;
import io.forgefleet.runtime.config.release.SigningKeyConfig;
import io.forgefleet.work.gate.Policy;
import io.forgefleet.work.gate.Severity;
import io.forgefleet.work.place.RunEndedException;
import org.jspecify.annotations.Nullable;

/** What the server says, and how much of it a repository may say otherwise: it may be stricter. */
public final class Policies {

    private Policies() {}

    /** The server's policy, or the repository's where that blocks more. */
    public static Policy of(RepositoryRule rule, @Nullable ReleaseSpec spec) {
        ScanRule scan = rule.scan();
        Policy server = scan == null
                ? Policy.DEFAULT
                : new Policy(Severity.valueOf(scan.failOn().name()), scan.unknown() == ScanRule.Unknown.BLOCK);
        if (spec == null || spec.failOn() == null) {
            return server;
        }
        Severity asked = Severity.valueOf(spec.failOn().name());
        return asked.compareTo(server.failOn()) < 0 ? new Policy(asked, server.unknownBlocks()) : server;
    }

    /**
     * The key that signs.
     *
     * @param wanted its name; null for the first one that is allowed
     */
    public static SigningKeyConfig key(FleetConfig config, ReleaseRule rule, @Nullable String wanted)
            throws RunEndedException {
        String name = wanted == null ? rule.keys().getFirst() : wanted;
        if (!rule.keys().contains(name)) {
            throw new RunEndedException(
                    Reason.FAILED,
                    "the key " + name + " may not sign for this repository; allowed are "
                            + String.join(", ", rule.keys()));
        }
        return config.signingKeys().stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RunEndedException(Reason.FAILED, "no key is called " + name));
    }
}
