package io.forgefleet.host.forge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forgefleet.host.forge.HookReceiver.Received;
import io.forgefleet.host.forge.repository.Account;
import io.forgefleet.host.forge.repository.Permission;
import io.forgefleet.host.process.FreePort;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookTest {

    private static final String SECRET = "It's a Secret to Everybody";
    private static final String PULLS = "/api/v1/repos/team/sample/pulls";

    private final LocalForge forge;
    private final HookReceiver receiver;
    private final WorkingTree tree;
    private final ForgeApi api;
    private String first = "";

    WebhookTest(@TempDir Path directory) throws Exception {
        forge = LocalForge.start(directory.resolve("forge"), 0);
        receiver = new HookReceiver();
        Account alice = forge.account("alice");
        forge.createRepository("team", "sample");
        forge.grant("team/sample", alice, Permission.WRITE);
        forge.addWebhook("team/sample", receiver.url(), SECRET);
        tree = WorkingTree.clone(forge.cloneUrl("team/sample"), directory.resolve("tree"), alice);
        api = ForgeApi.as(forge, alice);
    }

    @BeforeEach
    void pushMain() throws Exception {
        first = tree.commit("a", "1");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
    }

    @AfterEach
    void stop() {
        forge.close();
        receiver.close();
    }

    @Test
    void signsAsForgejoDoes() throws Exception {
        Received push = receiver.await("push", json -> json.getString("after").equals(first));
        String sha256 = hmac("HmacSHA256", push.body());
        assertThat(push.headers())
                .containsEntry("X-Forgejo-Event", "push")
                .containsEntry("X-Forgejo-Signature", sha256)
                .containsEntry("X-Gitea-Signature", sha256)
                .containsEntry("X-Gogs-Signature", sha256)
                .containsEntry("X-GitHub-Event", "push")
                .containsEntry("X-Hub-Signature", "sha1=" + hmac("HmacSHA1", push.body()))
                .containsEntry("X-Hub-Signature-256", "sha256=" + sha256)
                .containsEntry("Content-Type", "application/json");
        await().until(() -> forge.deliveries().size() == 2);
        assertThat(forge.deliveries())
                .allMatch(delivery -> delivery.isAccepted())
                .anySatisfy(delivery ->
                        assertThat(delivery.id()).isEqualTo(push.headers().get("X-Forgejo-Delivery")));
    }

    @Test
    void tellsBranchesFromTheirBirthToTheirEnd() throws Exception {
        String zero = "0".repeat(40);
        assertThat(receiver.await("push", json -> json.getString("before").equals(zero))
                        .json()
                        .getJsonArray("commits"))
                .singleElement()
                .satisfies(commit ->
                        assertThat(((JsonObject) commit).getJsonArray("added")).isEqualTo(new JsonArray().add("a")));
        assertThat(receiver.await("create", json -> true).json())
                .contains(Map.entry("ref", "refs/heads/main"), Map.entry("ref_type", "branch"))
                .contains(Map.entry("sha", first));

        for (int i = 2; i <= 8; i++) {
            tree.commit("a", String.valueOf(i));
        }
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
        JsonObject update = receiver.await(
                        "push", json -> json.getString("before").equals(first))
                .json();
        assertThat(update.getInteger("total_commits")).isEqualTo(7);
        assertThat(update.getJsonArray("commits")).hasSize(5);
        assertThat(update.getJsonObject("head_commit").getString("id")).isEqualTo(update.getString("after"));
        assertThat(update.getJsonObject("pusher").getString("login")).isEqualTo("alice");
        assertThat(update.getJsonObject("repository").getString("full_name")).isEqualTo("team/sample");

        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/side");
        tree.git("push", "--quiet", "origin", ":refs/heads/side");
        assertThat(receiver.await("delete", json -> true).json())
                .contains(Map.entry("ref", "refs/heads/side"), Map.entry("ref_type", "branch"));
        assertThat(receiver.received())
                .noneMatch(hook -> hook.type().equals("push")
                        && hook.json().getString("after").equals(zero));
    }

    @Test
    void tellsTheCommitOfAnAnnotatedTag() throws Exception {
        tree.git("tag", "-a", "v1", "-m", "one");
        tree.git("push", "--quiet", "origin", "v1");
        JsonObject push = receiver.await("push", json -> json.getString("ref").equals("refs/tags/v1"))
                .json();
        assertThat(push.getString("after"))
                .isEqualTo(tree.git("rev-parse", "v1"))
                .isNotEqualTo(first);
        assertThat(push.getJsonObject("head_commit").getString("id")).isEqualTo(first);
        tree.git("push", "--quiet", "origin", ":refs/tags/v1");
        receiver.await("push", json -> json.getString("after").equals("0".repeat(40)));
        assertThat(receiver.await("delete", json -> true).json().getString("ref_type"))
                .isEqualTo("tag");
    }

    @Test
    void followsAPullRequestFromItsOpeningToItsMerge() throws Exception {
        String head = pushFeature("2");
        assertThat(api.send("POST", PULLS, opening("WIP: Fix", "feature")).statusCode())
                .isEqualTo(201);
        JsonObject opened = pullHook("pull_request", "opened");
        assertThat(opened.getInteger("number")).isEqualTo(1);
        assertThat(opened.getJsonObject("pull_request").getBoolean("draft")).isTrue();
        assertThat(headSha(opened)).isEqualTo(head);
        assertThat(opened.getJsonObject("pull_request").getJsonObject("base").getString("ref"))
                .isEqualTo("main");
        assertThat(api.send("POST", PULLS, opening("Again", "feature")).statusCode())
                .isEqualTo(409);
        assertThat(api.send("POST", PULLS, opening("None", "none")).statusCode())
                .isEqualTo(404);

        String fixed = pushFeature("3");
        assertThat(headSha(pullHook("pull_request_sync", "synchronized"))).isEqualTo(fixed);
        assertThat(tree.git("ls-remote", "origin", "refs/pull/1/head")).startsWith(fixed);

        assertThat(api.send("PATCH", PULLS + "/1", "{\"title\": \"Fix\"}").statusCode())
                .isEqualTo(201);
        assertThat(pullHook("pull_request", "edited")
                        .getJsonObject("changes")
                        .getJsonObject("title")
                        .getString("from"))
                .isEqualTo("WIP: Fix");
        api.send("PATCH", PULLS + "/1", "{\"state\": \"closed\"}");
        assertThat(pullHook("pull_request", "closed")
                        .getJsonObject("pull_request")
                        .getBoolean("merged"))
                .isFalse();
        assertThat(new JsonArray(api.send("GET", PULLS, "").body())).isEmpty();
        api.send("PATCH", PULLS + "/1", "{\"state\": \"open\"}");
        pullHook("pull_request", "reopened");

        assertThat(api.send("POST", PULLS + "/1/merge", "{\"Do\": \"merge\"}").statusCode())
                .isEqualTo(200);
        String merged = api.get(PULLS + "/1").getString("merge_commit_sha");
        receiver.await(
                "pull_request", json -> json.getJsonObject("pull_request").getBoolean("merged"));
        receiver.await("push", json -> json.getString("after").equals(merged));
        assertThat(tree.git("ls-remote", "origin", "refs/heads/main")).startsWith(merged);
        assertThat(api.send("POST", PULLS + "/1/merge", "{\"Do\": \"merge\"}").statusCode())
                .isEqualTo(405);
    }

    @Test
    void refusesAMergeThatConflicts() throws Exception {
        pushFeature("2");
        tree.git("checkout", "--quiet", "-B", "other", first);
        tree.commit("a", "3");
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
        api.send("POST", PULLS, opening("Fix", "feature"));
        assertThat(api.send("POST", PULLS + "/1/merge", "{\"Do\": \"merge\"}").statusCode())
                .isEqualTo(409);
        assertThat(api.get(PULLS + "/1").getString("state")).isEqualTo("open");
    }

    @Test
    void closesThePullRequestsOfADeletedBranch() throws Exception {
        String head = pushFeature("2");
        api.send("POST", PULLS, opening("Fix", "feature"));
        tree.git("push", "--quiet", "origin", ":refs/heads/feature");
        JsonObject closed = pullHook("pull_request", "closed");
        assertThat(closed.getJsonObject("pull_request").getJsonObject("head").getString("ref"))
                .isEqualTo("refs/pull/1/head");
        assertThat(headSha(closed)).isEqualTo(head);
    }

    @Test
    void tellsCommentsOnPullRequests() throws Exception {
        pushFeature("2");
        api.send("POST", PULLS, opening("Fix", "feature"));
        String comments = "/api/v1/repos/team/sample/issues/1/comments";
        assertThat(api.send("POST", comments, "{\"body\": \"/ok-to-test\"}").statusCode())
                .isEqualTo(201);
        assertThat(api.send("POST", comments, "{}").statusCode()).isEqualTo(422);
        Received hook = receiver.await("pull_request_comment", json -> true);
        assertThat(hook.headers()).containsEntry("X-Forgejo-Event", "issue_comment");
        assertThat(hook.json().getBoolean("is_pull")).isTrue();
        assertThat(hook.json().getString("action")).isEqualTo("created");
        assertThat(hook.json().getJsonObject("comment").getString("body")).isEqualTo("/ok-to-test");
        assertThat(hook.json().getJsonObject("issue").getInteger("number")).isEqualTo(1);
    }

    @Test
    void recordsDeliveriesThatNobodyTakesAndGoesOn() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + FreePort.find() + "/");
        forge.addWebhook("team/sample", nobody, SECRET);
        String sha = pushFeature("2");
        receiver.await("push", json -> json.getString("after").equals(sha));
        await().untilAsserted(() -> assertThat(forge.deliveries())
                .filteredOn(delivery -> delivery.status() == 0)
                .hasSize(2)
                .allSatisfy(delivery -> assertThat(delivery.outcome()).contains("ConnectException")));
    }

    private String pushFeature(String content) throws Exception {
        tree.git("checkout", "--quiet", "-B", "feature");
        String sha = tree.commit("a", content);
        tree.git("push", "--quiet", "origin", "HEAD:refs/heads/feature");
        return sha;
    }

    private JsonObject pullHook(String type, String action) {
        return receiver.await(type, json -> json.getString("action").equals(action))
                .json();
    }

    private static String headSha(JsonObject hook) {
        return hook.getJsonObject("pull_request").getJsonObject("head").getString("sha");
    }

    private static String opening(String title, String head) {
        return new JsonObject()
                .put("title", title)
                .put("head", head)
                .put("base", "main")
                .encode();
    }

    private static String hmac(String algorithm, String body) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), algorithm));
        return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    }
}
