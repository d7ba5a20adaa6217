package io.forgefleet.work.gate;

import io.forgefleet.work.gate.Verdict.Waived;
import io.forgefleet.work.gate.waiver.Waiver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Weighs findings against a policy and its waivers. */
public final class Gate {

    private final InstantSource clock;

    /**
     * @param clock by which waivers expire
     */
    public Gate(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Judges what scanners told about an image.
     *
     * @param reports every scanner's on every platform; the gate cannot see one that is missing
     * @param waivers of the repository, in any order
     */
    public Verdict judge(ImageSubject image, List<PlatformReport> reports, Policy policy, List<Waiver> waivers) {
        Instant now = clock.instant();
        List<Finding> blocking = new ArrayList<>();
        List<Finding> tolerated = new ArrayList<>();
        List<Waived> waived = new ArrayList<>();
        List<Waived> expired = new ArrayList<>();
        Set<Waiver> unused = new LinkedHashSet<>(waivers);
        for (Finding finding : Findings.join(reports)) {
            List<Waiver> about = waivers.stream()
                    .filter(each -> each.isFor(image.repository(), image.digests()) && isAbout(each, finding))
                    .toList();
            about.forEach(unused::remove);
            List<Waiver> valid =
                    about.stream().filter(each -> !each.isExpired(now)).toList();
            if (!valid.isEmpty()) {
                waived.add(new Waived(finding, valid.getFirst()));
                continue;
            }
            about.forEach(each -> expired.add(new Waived(finding, each)));
            (policy.blocks(finding.severity()) ? blocking : tolerated).add(finding);
        }
        return new Verdict(
                image, policy, blocking, tolerated, waived, expired, List.copyOf(unused), Findings.unexamined(reports));
    }

    private static boolean isAbout(Waiver waiver, Finding finding) {
        return waiver.isAbout(finding.installed())
                && waiver.advisories().stream().anyMatch(finding::isCalled);
    }
}
