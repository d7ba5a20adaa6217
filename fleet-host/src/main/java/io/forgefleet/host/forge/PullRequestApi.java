package io.forgefleet.host.forge;

import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.PullRequest;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Repository;
import java.util.Optional;

/** Pull requests and their comments. */
final class PullRequestApi {

    private final Shapes shapes;
    private final Happenings happenings;

    PullRequestApi(Shapes shapes, Happenings happenings) {
        this.shapes = shapes;
        this.happenings = happenings;
    }

    ApiAnswer open(ApiCall call) {
        Account author = call.person();
        Repository repository = call.repository(Permission.READ);
        PullRequest opened = happenings.open(
                repository,
                author,
                call.text("title").orElse(""),
                call.text("body").orElse(""),
                call.text("head").orElse(""),
                call.text("base").orElse(""));
        return answer(201, repository, opened);
    }

    ApiAnswer get(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        return answer(200, repository, repository.pullRequests().get(call.number()));
    }

    ApiAnswer list(ApiCall call) {
        Repository repository = call.repository(Permission.READ);
        String state = call.query("state").orElse("open");
        return ApiAnswer.page(
                call,
                repository.pullRequests().list(pull -> matches(state, pull)),
                pull -> shapes.pullRequest(repository, pull));
    }

    private static boolean matches(String state, PullRequest pull) {
        return switch (state) {
            case "open" -> pull.isOpen();
            case "closed" -> !pull.isOpen();
            case "all" -> true;
            default -> throw new RefusedException(422, "state must be open, closed or all, got: " + state);
        };
    }

    /** The author, or whoever may write, changes title, body, base and state. */
    ApiAnswer edit(ApiCall call) {
        Account editor = call.person();
        Repository repository = call.repository(Permission.READ);
        if (!repository.pullRequests().get(call.number()).author().equals(editor)) {
            call.repository(Permission.WRITE);
        }
        Optional<String> state = call.text("state");
        state.filter(word -> !word.equals("open") && !word.equals("closed")).ifPresent(word -> {
            throw new RefusedException(422, "state must be open or closed, got: " + word);
        });
        PullRequest edited = happenings.edit(
                repository, editor, call.number(), call.text("title"), call.text("body"), call.text("base"));
        if (state.isPresent()) {
            edited = happenings.setOpen(
                    repository, editor, call.number(), state.get().equals("open"));
        }
        return answer(201, repository, edited);
    }

    /** By a merge commit only. */
    ApiAnswer merge(ApiCall call) {
        Account merger = call.person();
        Repository repository = call.repository(Permission.WRITE);
        String how = call.text("Do").orElse("");
        if (!how.equals("merge")) {
            throw new RefusedException(422, "this small forge knows Do: merge, got: " + how);
        }
        happenings.merge(repository, merger, call.number());
        return ApiAnswer.empty(200);
    }

    ApiAnswer comment(ApiCall call) {
        Account author = call.person();
        Repository repository = call.repository(Permission.READ);
        return ApiAnswer.of(
                201,
                happenings.comment(
                        repository, author, call.number(), call.text("body").orElse("")));
    }

    private ApiAnswer answer(int status, Repository repository, PullRequest pull) {
        return ApiAnswer.of(status, shapes.pullRequest(repository, pull));
    }
}
