package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.GitHttp;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Accounts;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.RefusedException;
import io.forgefleet.host.forge.repository.Releases;
import io.forgefleet.host.forge.repository.Repositories;
import io.forgefleet.host.forge.repository.Repository;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path leads where, and who is asking. Handlers of the API run on threads that may block. */
final class ForgeRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(ForgeRoutes.class);
    private static final long MAX_API_BODY = 1 << 20;
    private static final String REPOSITORY = "/api/v1/repos/(?<owner>[^/]+)/(?<name>[^/]+)";
    private static final String GIT = "/(?<owner>[^/]+)/(?<name>[^/]+?)(?:\\.git)?";

    private final Repositories repositories;
    private final Credentials credentials;
    private final ExecutorService threads;
    private final GitHttp git;
    private final Happenings happenings;

    ForgeRoutes(
            Repositories repositories, Accounts accounts, ExecutorService threads, GitHttp git, Happenings happenings) {
        this.repositories = repositories;
        this.credentials = new Credentials(accounts);
        this.threads = threads;
        this.git = git;
        this.happenings = happenings;
    }

    /**
     * @param uploads folder of files while they come
     */
    void add(Router router, RepositoryApi repository, PullRequestApi pulls, ReleaseApi releases, Path uploads) {
        addUpload(router, releases, uploads);
        router.route("/api/*")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_API_BODY))
                .failureHandler(ForgeRoutes::fail);
        route(router, HttpMethod.GET, "/api/v1/user", repository::user);
        api(router, HttpMethod.GET, "", repository::repository);
        api(router, HttpMethod.GET, "/branches/(?<branch>.+)", repository::branch);
        api(router, HttpMethod.GET, "/raw/(?<path>.+)", repository::raw);
        api(router, HttpMethod.GET, "/collaborators/(?<user>[^/]+)/permission", repository::permission);
        api(router, HttpMethod.GET, "/teams", repository::teams);
        api(router, HttpMethod.POST, "/statuses/(?<sha>[^/]+)", repository::postStatus);
        api(router, HttpMethod.GET, "/statuses/(?<sha>[^/]+)", repository::statuses);
        api(router, HttpMethod.GET, "/commits/(?<sha>[^/]+)/statuses", repository::statuses);
        api(router, HttpMethod.GET, "/pulls", pulls::list);
        api(router, HttpMethod.POST, "/pulls", pulls::open);
        api(router, HttpMethod.GET, "/pulls/(?<number>[^/]+)", pulls::get);
        api(router, HttpMethod.PATCH, "/pulls/(?<number>[^/]+)", pulls::edit);
        api(router, HttpMethod.POST, "/pulls/(?<number>[^/]+)/merge", pulls::merge);
        api(router, HttpMethod.POST, "/issues/(?<number>[^/]+)/comments", pulls::comment);
        api(router, HttpMethod.GET, "/tags/(?<tag>.+)", releases::tag);
        api(router, HttpMethod.GET, "/releases", releases::list);
        api(router, HttpMethod.POST, "/releases", releases::create);
        api(router, HttpMethod.GET, "/releases/tags/(?<tag>.+)", releases::byTag);
        api(router, HttpMethod.GET, "/releases/(?<number>[^/]+)", releases::get);
        api(router, HttpMethod.PATCH, "/releases/(?<number>[^/]+)", releases::edit);
        api(router, HttpMethod.DELETE, "/releases/(?<number>[^/]+)", releases::delete);
        api(router, HttpMethod.GET, "/releases/(?<number>[^/]+)/assets", releases::attachments);
        api(router, HttpMethod.DELETE, "/releases/(?<number>[^/]+)/assets/(?<file>[^/]+)", releases::detach);
        router.getWithRegex("/(?<owner>[^/]+)/(?<name>[^/]+)/releases/download/(?<tag>.+)/(?<file>[^/]+)")
                .handler(context -> threads.execute(() -> download(context, releases)));
        git(router, HttpMethod.GET, "info/refs");
        git(router, HttpMethod.POST, "git-upload-pack");
        git(router, HttpMethod.POST, "git-receive-pack");
    }

    private void api(Router router, HttpMethod method, String path, Function<ApiCall, ApiAnswer> handler) {
        route(router, method, REPOSITORY + path, handler);
    }

    private void route(Router router, HttpMethod method, String pattern, Function<ApiCall, ApiAnswer> handler) {
        router.routeWithRegex(method, pattern)
                .handler(context -> threads.execute(() -> send(context.response(), answer(context, handler))));
    }

    /** Before all other calls: its body is large, and goes to disk as soon as it is known who sends it. */
    private void addUpload(Router router, ReleaseApi releases, Path uploads) {
        String path = REPOSITORY + "/releases/(?<number>[^/]+)/assets";
        router.postWithRegex(path).handler(this::requireWriter);
        router.postWithRegex(path)
                .handler(BodyHandler.create(uploads.toString())
                        .setBodyLimit(Releases.MAX_FILE_BYTES + MAX_API_BODY)
                        .setDeleteUploadedFilesOnEnd(true))
                .handler(context -> threads.execute(() -> send(context.response(), answer(context, releases::attach))))
                .failureHandler(ForgeRoutes::fail);
    }

    private void requireWriter(RoutingContext context) {
        try {
            new ApiCall(context, credentials.of(context.request()), repositories).repository(Permission.WRITE);
            context.next();
        } catch (RefusedException e) {
            context.response().putHeader(HttpHeaders.CONNECTION, "close");
            send(context.response(), ApiAnswer.refusal(e.status(), String.valueOf(e.getMessage())));
        }
    }

    private void download(RoutingContext context, ReleaseApi releases) {
        try {
            Path file = releases.download(new ApiCall(context, credentials.of(context.request()), repositories));
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
                    .sendFile(file.toString())
                    .onFailure(e -> LOG.debug("a download of {} ended early: {}", file, e.toString()));
        } catch (RefusedException e) {
            send(context.response(), ApiAnswer.refusal(e.status(), String.valueOf(e.getMessage())));
        }
    }

    private ApiAnswer answer(RoutingContext context, Function<ApiCall, ApiAnswer> handler) {
        try {
            Optional<Account> caller = credentials.of(context.request());
            return handler.apply(new ApiCall(context, caller, repositories));
        } catch (RefusedException e) {
            return ApiAnswer.refusal(e.status(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error(
                    "{} {} failed",
                    context.request().method(),
                    context.request().path(),
                    e);
            return ApiAnswer.refusal(500, "internal error, see the forge's log");
        }
    }

    private static void send(HttpServerResponse response, ApiAnswer answer) {
        answer.total().ifPresent(total -> response.putHeader("X-Total-Count", total.toString()));
        response.setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .end(answer.body());
    }

    private static void fail(RoutingContext context) {
        int status = context.statusCode() < 400 ? 500 : context.statusCode();
        String message = status == 413 ? "the body is too large" : "the request failed";
        send(context.response(), ApiAnswer.refusal(status, message));
    }

    private void git(Router router, HttpMethod method, String service) {
        router.routeWithRegex(method, GIT + "/" + service).handler(context -> serveGit(context, service));
    }

    private void serveGit(RoutingContext context, String service) {
        boolean push = service.equals("git-receive-pack")
                || context.queryParam("service").contains("git-receive-pack");
        Optional<Account> caller;
        try {
            caller = credentials.of(context.request());
        } catch (RefusedException e) {
            refuse(context.response(), e.status());
            return;
        }
        String name = context.pathParam("owner") + "/" + context.pathParam("name");
        Optional<Repository> repository = repositories.find(name);
        Permission needed = push ? Permission.WRITE : Permission.READ;
        Permission given = repository.map(r -> r.permissionOf(caller)).orElse(Permission.NONE);
        if (!given.allows(needed)) {
            refuse(context.response(), caller.isEmpty() ? 401 : given.allows(Permission.READ) ? 403 : 404);
            return;
        }
        git.serve(
                context.request(),
                context.vertx().getOrCreateContext(),
                "/" + name + ".git/" + service,
                caller.map(Account::name),
                updates -> happenings.pushed(repository.orElseThrow(), caller.orElseThrow(), updates));
    }

    private static void refuse(HttpServerResponse response, int status) {
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Basic realm=\"forge\"");
        }
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONNECTION, "close")
                .end();
    }
}
