package io.forgefleet.gateway.write;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.Forge;
import io.forgefleet.clients.forge.change.FileTree;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.clients.forge.change.StoredFile;
import io.forgefleet.events.PushEvent;
import io.forgefleet.events.RepositoryId;
import io.forgefleet.events.image.PushedImage;
import io.forgefleet.events.repofile.CiImageSpec;
import io.forgefleet.events.repofile.RepositoryFile;
import io.forgefleet.events.repofile.RepositoryFileException;
import io.forgefleet.events.repofile.RepositoryFileParser;
import io.forgefleet.events.run.Outcome;
import io.forgefleet.events.run.Outcome.Reason;
import io.forgefleet.runtime.worker.RetryableException;
import io.forgefleet.runtime.worker.Run;
import io.forgefleet.runtime.worker.Worker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proposes to pin one CI image in the workflow files of a default branch, by one pull request that later images bring up to
 * date. What is pinned is what the branch's head asks for: a run that is late leaves it to the head's own. Thread-safe.
 */
final class PinWorker implements Worker {

    private static final String BRANCH = "forgefleet/pin-";

    private final Map<String, Forge> forges;
    private final URI publicUrl;
    private final int attempts;

    /**
     * A worker.
     *
     * @param forges those with a token, by name
     */
    PinWorker(Map<String, Forge> forges, URI publicUrl, int attempts) {
        this.forges = Map.copyOf(forges);
        this.publicUrl = publicUrl;
        this.attempts = attempts;
    }

    @Override
    public Outcome work(Run run) throws Exception {
        Forge forge = forges.get(run.subject().repository().forge());
        if (forge == null) {
            return Outcome.of(
                    Reason.SKIPPED,
                    "not pinned: forge " + run.subject().repository().forge()
                            + " has no token in fleet.yml to open a pull request with");
        }
        if (!(run.event() instanceof PushEvent push) || run.given().isEmpty()) {
            return Outcome.of(Reason.SKIPPED, "not pinned: no image was pushed for a branch");
        }
        PushedImage image = run.given().getFirst();
        try {
            return pin(run, forge, push.ref().shortName(), image);
        } catch (RepositoryFileException e) {
            return Outcome.failed(String.valueOf(e.getMessage()), e.errors());
        } catch (ClientException e) {
            // refused: the base has moved meanwhile, and is read anew
            boolean again = e.retryable() || (e.kind() == Kind.REFUSED && run.attempt() < attempts);
            if (!again) {
                return Outcome.of(Reason.FAILED, "not pinned: " + e.getMessage());
            }
            throw new RetryableException(
                    String.valueOf(e.getMessage()), e.retryAfter().orElse(Duration.ZERO), e);
        }
    }

    private Outcome pin(Run run, Forge forge, String base, PushedImage image) throws Exception {
        RepositoryId repository = run.subject().repository();
        String branch = BRANCH + image.name();
        var unused = run.claimAlso("branch/" + repository + "/" + branch);
        run.begin("read " + base);
        FileTree tree = forge.tree(repository, base);
        if (!tree.commit().equals(run.subject().commit())) {
            return Outcome.of(
                    Reason.SUPERSEDED, base + " is at " + tree.commit().sha7() + " now, whose own run pins");
        }
        CiImageSpec spec = declared(forge, repository, tree, image.name());
        if (spec == null) {
            return Outcome.of(Reason.SUCCEEDED, "nothing to pin: " + image.name() + " is declared no more");
        }
        PinPlan plan = PinPlan.of(forge, repository, tree, spec, image);
        plan.left().forEach(run::log);
        if (plan.inputs().isPresent()) {
            return Outcome.of(
                    Reason.FAILED,
                    "not pinned: " + plan.inputs().get() + " is among rebuildOn of " + image.name()
                            + ", so that each pin would ask for another image; take it out");
        }
        if (plan.files().isEmpty()) {
            return Outcome.of(Reason.SUCCEEDED, plan.nothingToDo());
        }
        run.begin("propose");
        run.ensureHeld();
        Optional<ProposedPullRequest> proposed =
                forge.propose(repository, proposal(run, base, tree, branch, image, plan));
        return Outcome.of(
                Reason.SUCCEEDED,
                proposed.map(pull -> told(pull, image) + plan.leftInShort()).orElse(plan.nothingToDo()));
    }

    private Proposal proposal(Run run, String base, FileTree tree, String branch, PushedImage image, PinPlan plan) {
        String title = "Pin " + image.name() + " to " + image.tag();
        String body = plan.body(image, publicUrl + "/runs/" + run.id(), branch);
        return new Proposal(base, tree.commit(), branch, title, title, body, plan.files());
    }

    private static String told(ProposedPullRequest pull, PushedImage image) {
        String what =
                switch (pull.result()) {
                    case OPENED -> "opened ";
                    case UPDATED -> "updated ";
                    case UNCHANGED -> "already proposed by ";
                    case DECLINED -> "not proposed again, somebody closed ";
                };
        return what + pull.url() + " (" + image.name() + " " + image.tag() + ")";
    }

    private static @Nullable CiImageSpec declared(Forge forge, RepositoryId repository, FileTree tree, String name)
            throws ClientException, RepositoryFileException, InterruptedException {
        Optional<StoredFile> file = forge.file(repository, tree.commit(), RepositoryFile.PATH);
        if (file.isEmpty()) {
            return null;
        }
        RepositoryFile declared =
                RepositoryFileParser.parse(new String(file.get().content(), StandardCharsets.UTF_8));
        return declared.ciImages().stream()
                .filter(image -> image.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
