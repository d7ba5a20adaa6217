package io.forgefleet.clients.forge;

import io.forgefleet.clients.tool.Command;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import io.forgefleet.host.forge.LocalForge;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.forge.repository.Release;
import io.forgefleet.host.forge.repository.Repository;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The small forge of this project. */
final class LocalForgeSample implements ReleaseSample {

    private final LocalForge forge;
    private final Repository repository;
    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    LocalForgeSample(Path folder) throws Exception {
        this.folder = folder;
        forge = LocalForge.start(folder.resolve("forge"), 0);
        repository = forge.createRepository("team", "app");
        forge.grant("team/app", forge.account("fleet"), Permission.WRITE);
        git("update-ref", "refs/heads/main", commit("first"));
    }

    private String commit(String message) throws Exception {
        return git("commit-tree", "-m", message, git("hash-object", "-t", "tree", "-w", "/dev/null"));
    }

    private String git(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(arguments));
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", "/nonexistent",
                "GIT_AUTHOR_NAME", "a",
                "GIT_AUTHOR_EMAIL", "a@example.org",
                "GIT_COMMITTER_NAME", "c",
                "GIT_COMMITTER_EMAIL", "c@example.org");
        Path bare = repository.git().directory();
        Command.Result result = new Command(line, environment, bare, "", Duration.ofSeconds(20)).run(1 << 20);
        if (result.exit() != 0) {
            throw new IllegalStateException(String.join(" ", line) + ": " + result.errors());
        }
        return new String(result.output(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public Forge open(boolean rightToken) {
        String token = rightToken ? forge.account("fleet").token() : "another-secret";
        return Forge.open(ForgeKind.FORGEJO, forge.url().toString(), token, Duration.ofSeconds(20));
    }

    @Override
    public CommitId tag(String name, boolean annotated) throws Exception {
        String commit = commit("for " + name + System.nanoTime());
        if (annotated) {
            git("tag", "--annotate", "--message=" + name, name, commit);
        } else {
            git("tag", name, commit);
        }
        return new CommitId(commit);
    }

    @Override
    public void deleteTag(String name) throws Exception {
        git("tag", "--delete", name);
    }

    private Release release(String tag) {
        return repository.releases().list(release -> release.tag().equals(tag)).getFirst();
    }

    @Override
    public void makeRelease(String tag, boolean draft) {
        Release made = repository
                .releases()
                .create(forge.account("somebody"), tag, new Release.Text("main", "by hand", "somebody's", false));
        if (!draft) {
            repository.releases().publish(made.id());
        }
    }

    @Override
    public void addFile(String tag, String name, byte[] content) throws Exception {
        repository.releases().attach(release(tag).id(), name, Files.write(folder.resolve("theirs"), content));
    }

    @Override
    public void deleteFile(String tag, String name) {
        release(tag).attachments().stream()
                .filter(file -> file.name().equals(name))
                .forEach(file -> repository.releases().detach(release(tag).id(), file.id()));
    }

    @Override
    public byte[] download(String tag, String name) throws Exception {
        String path = "/team/app/releases/download/" + encoded(tag) + "/" + encoded(name);
        HttpResponse<byte[]> answer =
                http.send(HttpRequest.newBuilder(URI.create(forge.url() + path)).build(), BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answered " + answer.statusCode());
        }
        return answer.body();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String notes(String tag) {
        return release(tag).notes();
    }

    @Override
    public int releasesOf(String tag) {
        return repository.releases().list(release -> release.tag().equals(tag)).size();
    }

    @Override
    public void close() {
        http.shutdownNow();
        forge.close();
    }
}
