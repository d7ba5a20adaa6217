package io.forgefleet.work.gate;

import io.forgefleet.clients.scan.PackageRef;
import io.forgefleet.work.gate.waiver.Waiver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The gate's verdict on an image. Each finding is in one of the three lists of findings.
 *
 * @param blocking what blocks, worst first; nothing else does
 * @param tolerated what the policy lets pass
 * @param waived with the waiver that holds
 * @param expired findings whose waiver has expired; what of them the policy does not tolerate is among the blocking too
 * @param unused waivers that no finding of this image needed, expired or not
 * @param unexamined packages that no scanner knows advisories of; nothing is known about these
 */
public record Verdict(
        ImageSubject image,
        Policy policy,
        List<Finding> blocking,
        List<Finding> tolerated,
        List<Waived> waived,
        List<Waived> expired,
        List<Waiver> unused,
        List<PackageRef> unexamined)
        implements GateResult {

    /** A finding and the waiver that names it. */
    public record Waived(Finding finding, Waiver waiver) {}

    public Verdict {
        blocking = List.copyOf(blocking);
        tolerated = List.copyOf(tolerated);
        waived = List.copyOf(waived);
        expired = List.copyOf(expired);
        unused = List.copyOf(unused);
        unexamined = List.copyOf(unexamined);
    }

    @Override
    public boolean passed() {
        return blocking.isEmpty();
    }

    /** Every finding: the blocking ones, then those let pass, then those waived. */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>(blocking);
        all.addAll(tolerated);
        waived.forEach(each -> all.add(each.finding()));
        return all;
    }

    @Override
    public String summary() {
        return new Summary(this).line();
    }

    /** The waiver that has expired on a finding, for messages; empty when there is none. */
    public List<Waiver> expiredOn(Finding finding) {
        return expired.stream()
                .filter(each -> Objects.equals(each.finding(), finding))
                .map(Waived::waiver)
                .toList();
    }
}
