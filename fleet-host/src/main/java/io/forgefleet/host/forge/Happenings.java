package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.RefUpdate;
import io.forgefleet.host.forge.hook.Webhooks;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.PullRequest;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Everything that changes a repository, with the webhooks and other changes that follow. Blocks. */
final class Happenings {

    private final Shapes shapes;
    private final ReleaseShapes releaseShapes;
    private final HookPayloads payloads;
    private final Webhooks webhooks;
    private final AtomicLong lastComment = new AtomicLong();
    private final List<Consumer<CommitStatus>> statusListeners = new CopyOnWriteArrayList<>();

    Happenings(Shapes shapes, Webhooks webhooks) {
        this.shapes = shapes;
        this.releaseShapes = new ReleaseShapes(shapes);
        this.payloads = new HookPayloads(shapes);
        this.webhooks = webhooks;
    }

    /** A push moved these. Pull requests of its branches follow. */
    void pushed(Repository repository, Account pusher, List<RefUpdate> updates) {
        repository.touch();
        for (RefUpdate update : updates) {
            if (update.isBranch() || update.isTag()) {
                tell(repository, pusher, update);
            }
            if (update.isBranch()) {
                follow(repository, Optional.empty(), pusher, update);
                repository.parent().ifPresent(base -> follow(base, Optional.of(repository), pusher, update));
            }
        }
    }

    private void follow(Repository base, Optional<Repository> fork, Account pusher, RefUpdate update) {
        for (PullRequest pull : base.pullRequests().follow(fork, update.shortName())) {
            if (pull.isOpen()) {
                tell(base, pusher, "synchronized", "pull_request_sync", pull, Optional.empty());
            } else {
                tell(base, pusher, "closed", pull);
            }
        }
    }

    private void tell(Repository repository, Account pusher, RefUpdate update) {
        if (update.isCreation()) {
            send(repository, "create", "create", payloads.create(repository, pusher, update));
        }
        if (!update.isDeletion() || update.isTag()) { // a deleted branch makes no push
            send(repository, "push", "push", payloads.push(repository, pusher, update));
        }
        if (update.isDeletion()) {
            send(repository, "delete", "delete", payloads.delete(repository, pusher, update));
        }
    }

    PullRequest open(Repository repository, Account author, String title, String body, String head, String base) {
        PullRequest opened = repository.pullRequests().open(author, title, body, head, base);
        tell(repository, author, "opened", opened);
        return opened;
    }

    PullRequest edit(
            Repository repository,
            Account editor,
            long number,
            Optional<String> title,
            Optional<String> body,
            Optional<String> base) {
        PullRequest before = repository.pullRequests().get(number);
        PullRequest after = repository.pullRequests().edit(number, title, body, base);
        JsonObject changes = new JsonObject();
        putChange(changes, "title", before.title(), after.title());
        putChange(changes, "body", before.body(), after.body());
        putChange(changes, "ref", before.base(), after.base());
        for (String changed : changes.fieldNames()) { // one webhook for each, as the forge does it
            JsonObject one = new JsonObject().put(changed, changes.getValue(changed));
            tell(repository, editor, "edited", "pull_request", after, Optional.of(one));
        }
        return after;
    }

    private static void putChange(JsonObject changes, String name, String before, String after) {
        if (!before.equals(after)) {
            changes.put(name, new JsonObject().put("from", before));
        }
    }

    PullRequest setOpen(Repository repository, Account by, long number, boolean open) {
        if (repository.pullRequests().get(number).isOpen() == open) {
            return repository.pullRequests().get(number);
        }
        PullRequest changed = repository.pullRequests().setOpen(number, open);
        tell(repository, by, open ? "reopened" : "closed", changed);
        return changed;
    }

    PullRequest merge(Repository repository, Account by, long number) {
        String base = repository.pullRequests().get(number).base();
        String before = repository.git().branch(base).orElseThrow(() -> new RefusedException(404, "no branch " + base));
        PullRequest merged = repository.pullRequests().merge(number, by);
        pushed(
                repository,
                by,
                List.of(new RefUpdate(
                        "refs/heads/" + base, before, merged.mergeCommit().orElseThrow())));
        tell(repository, by, "closed", merged);
        return merged;
    }

    JsonObject comment(Repository repository, Account author, long number, String text) {
        if (text.isBlank()) {
            throw new RefusedException(422, "a comment needs a body");
        }
        PullRequest pull = repository.pullRequests().commented(number);
        JsonObject comment =
                shapes.comment(repository, pull, lastComment.incrementAndGet(), author, text, Instant.now());
        send(repository, "issue_comment", "pull_request_comment", payloads.comment(repository, author, pull, comment));
        return comment;
    }

    /** Makes a release; one that is no draft is published at once. */
    Release release(Repository repository, Account author, String tag, Release.Text text, boolean draft) {
        Release made = repository.releases().create(author, tag, text);
        if (draft) {
            return made;
        }
        try {
            return publish(repository, author, made);
        } catch (RefusedException e) {
            repository.releases().remove(made.id());
            throw e;
        }
    }

    Release editRelease(Repository repository, Account by, Release old, Release.Text text, boolean draft) {
        Release edited = repository.releases().edit(old.id(), text);
        if (edited.isDraft() && !draft) {
            return publish(repository, by, edited);
        }
        if (!edited.isDraft()) {
            tell(repository, by, "updated", edited);
        }
        return edited;
    }

    /** A tag that is missing is made and told of before the release is. */
    private Release publish(Repository repository, Account by, Release draft) {
        String ref = "refs/tags/" + draft.tag();
        if (repository.git().commit(ref).isEmpty()) {
            String commit = repository
                    .git()
                    .branch(draft.target())
                    .or(() -> repository.git().commit(draft.target()))
                    .orElseThrow(() -> new RefusedException(404, "no branch or commit " + draft.target()));
            repository.git().setRef(ref, commit);
            pushed(repository, by, List.of(new RefUpdate(ref, "0".repeat(commit.length()), commit)));
        }
        Release published = repository.releases().publish(draft.id());
        tell(repository, by, "published", published);
        return published;
    }

    void deleteRelease(Repository repository, Account by, long id) {
        Release deleted = repository.releases().remove(id);
        if (!deleted.isDraft()) {
            tell(repository, by, "deleted", deleted);
        }
    }

    private void tell(Repository repository, Account sender, String action, Release release) {
        send(repository, "release", "release", releaseShapes.hook(repository, sender, action, release));
    }

    CommitStatus status(
            Repository repository,
            Account creator,
            String sha,
            String state,
            String context,
            String description,
            String targetUrl) {
        CommitStatus status = repository.statuses().post(sha, state, context, description, targetUrl, creator);
        statusListeners.forEach(listener -> listener.accept(status));
        return status;
    }

    void onStatus(Consumer<CommitStatus> listener) {
        statusListeners.add(listener);
    }

    private void tell(Repository repository, Account sender, String action, PullRequest pull) {
        tell(repository, sender, action, "pull_request", pull, Optional.empty());
    }

    private void tell(
            Repository repository,
            Account sender,
            String action,
            String type,
            PullRequest pull,
            Optional<JsonObject> changes) {
        send(repository, "pull_request", type, payloads.pullRequest(repository, sender, action, pull, changes));
    }

    private void send(Repository repository, String event, String type, JsonObject payload) {
        webhooks.send(repository.fullName(), event, type, payload.encodePrettily());
    }
}
