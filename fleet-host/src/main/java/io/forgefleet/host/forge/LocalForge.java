package io.forgefleet.host.forge;

import io.forgefleet.host.forge.git.GitHttp;
import io.forgefleet.host.forge.hook.Delivery;
import io.forgefleet.host.forge.hook.Webhooks;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Accounts;
import io.forgefleet.host.forge.repository.CommitStatus;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.PullRequest;
import io.forgefleet.host.forge.repository.Repositories;
import io.forgefleet.host.forge.repository.Repository;
import io.forgefleet.host.process.FreePort;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The forge, running on loopback unless it is told otherwise. Everything but git and files of releases is kept in memory. Safe for use by many threads; methods run git and
 * block.
 */
public final class LocalForge implements AutoCloseable {

    private static final long MAX_PUSH_BYTES = 512L << 20;
    private static final int IDLE_SECONDS = 120;
    private static final long START_SECONDS = 30;

    private final URI url;
    private final Path root;
    private final Vertx vertx;
    private final ExecutorService threads;
    private final Accounts accounts = new Accounts();
    private final Repositories repositories;
    private final Shapes shapes;
    private final Webhooks webhooks;
    private final Happenings happenings;

    private LocalForge(Path root, String host, int port) {
        this.url = URI.create("http://" + host + ":" + port);
        this.root = root;
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.repositories = new Repositories(root);
        this.shapes = new Shapes(url);
        this.webhooks = new Webhooks();
        this.happenings = new Happenings(shapes, webhooks);
    }

    /**
     * Starts a forge without accounts and repositories. Needs {@code git} 2.38 or newer on {@code PATH}.
     *
     * @param directory an empty or missing folder for the repositories
     * @param port 0 for a free one
     */
    public static LocalForge start(Path directory, int port) {
        return start(directory, "127.0.0.1", port);
    }

    /**
     * The same on another address of this machine, such as the bridge by which containers reach it.
     *
     * @param host an IPv4 address
     */
    public static LocalForge start(Path directory, String host, int port) {
        LocalForge forge = new LocalForge(directory.toAbsolutePath(), host, port == 0 ? FreePort.find() : port);
        try {
            forge.listen();
            return forge;
        } catch (IOException | TimeoutException | RuntimeException e) {
            forge.close();
            throw new IllegalStateException(
                    "the forge did not start at " + forge.url + " with its files in " + directory, e);
        }
    }

    private void listen() throws IOException, TimeoutException {
        GitHttp git = new GitHttp(threads, Files.createDirectories(root), MAX_PUSH_BYTES);
        Router router = Router.router(vertx);
        new ForgeRoutes(repositories, accounts, threads, git, happenings)
                .add(
                        router,
                        new RepositoryApi(accounts, shapes, happenings),
                        new PullRequestApi(shapes, happenings),
                        new ReleaseApi(new ReleaseShapes(shapes), happenings),
                        root.resolve(".uploads"));
        vertx.createHttpServer(new HttpServerOptions()
                        .setHost(url.getHost())
                        .setPort(url.getPort())
                        .setIdleTimeout(IDLE_SECONDS)
                        .setHttp2ClearTextEnabled(false)
                        .setHandle100ContinueAutomatically(true))
                .requestHandler(router)
                .listen()
                .await(START_SECONDS, TimeUnit.SECONDS);
    }

    /** Where it answers, without a slash at its end. */
    public URI url() {
        return url;
    }

    /** Where git clones a repository from; a push needs an account's name and token by HTTP Basic. */
    public URI cloneUrl(String repository) {
        return URI.create(url + "/" + repository + ".git");
    }

    /** The account of this name, made when it is missing. */
    public Account account(String name) {
        return accounts.named(name);
    }

    /** Makes an empty repository that everybody may read, with {@code main} as its default branch. */
    public Repository createRepository(String owner, String name) {
        return repositories.create(account(owner), name, false);
    }

    /** Makes an empty repository that only those may read who were given a permission. */
    public Repository createPrivateRepository(String owner, String name) {
        return repositories.create(account(owner), name, true);
    }

    /**
     * A repository by {@code owner/name}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Repository repository(String fullName) {
        return repositories
                .find(fullName)
                .orElseThrow(() -> new IllegalArgumentException("the forge has no repository " + fullName));
    }

    public void grant(String repository, Account account, Permission permission) {
        repository(repository).grant(account, permission);
    }

    /** Sends every webhook of a repository to this address, signed with this secret. */
    public void addWebhook(String repository, URI to, String secret) {
        webhooks.add(repository(repository).fullName(), to, secret);
    }

    /** Makes a fork with all branches, of the same name and owned by somebody else. */
    public Repository fork(String repository, Account owner) {
        return repositories.fork(repository(repository), owner);
    }

    /**
     * Opens a pull request between two branches.
     *
     * @param head a branch, or {@code owner:branch} of a fork
     */
    public PullRequest openPullRequest(String repository, Account author, String title, String head, String base) {
        return happenings.open(repository(repository), author, title, "", head, base);
    }

    /** Closes a pull request without merging it. */
    public PullRequest closePullRequest(String repository, Account by, long number) {
        return happenings.setOpen(repository(repository), by, number, false);
    }

    /** Opens a pull request again that was closed without being merged. */
    public PullRequest reopenPullRequest(String repository, Account by, long number) {
        return happenings.setOpen(repository(repository), by, number, true);
    }

    /** Merges a pull request by a merge commit. */
    public PullRequest mergePullRequest(String repository, Account by, long number) {
        return happenings.merge(repository(repository), by, number);
    }

    /** Comments on a pull request. */
    public void comment(String repository, Account author, long number, String text) {
        happenings.comment(repository(repository), author, number, text);
    }

    /** Statuses of a commit, newest first. */
    public List<CommitStatus> statuses(String repository, String sha) {
        return repository(repository).statuses().of(sha);
    }

    /** Has each new commit status told, on the thread that answers who posted it: do not block for long. */
    public void onStatus(Consumer<CommitStatus> listener) {
        happenings.onStatus(listener);
    }

    /** The newest 500 webhooks at most, oldest first. */
    public List<Delivery> deliveries() {
        return webhooks.deliveries();
    }

    @Override
    public void close() {
        vertx.close().await();
        webhooks.close();
        threads.shutdownNow();
    }
}
