package io.forgefleet.clients.forge;

import static io.forgefleet.clients.forge.SampleForge.REPOSITORY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.forgefleet.clients.ClientException;
import io.forgefleet.clients.ClientException.Kind;
import io.forgefleet.clients.forge.RecordedRepository.Pull;
import io.forgefleet.clients.forge.change.Proposal;
import io.forgefleet.clients.forge.change.ProposedPullRequest;
import io.forgefleet.events.CommitId;
import io.forgefleet.events.ForgeKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProposalFaultsTest {

    private static final String BRANCH = "forgefleet/pin-ci";
    private static final String PATH = ".github/workflows/ci.yml";

    private static ProposedPullRequest propose(Forge forge, String text) throws Exception {
        return propose(forge, BRANCH, text);
    }

    private static ProposedPullRequest propose(Forge forge, String branch, String text) throws Exception {
        CommitId from = forge.tree(REPOSITORY, "main").commit();
        Map<String, byte[]> files = Map.of(PATH, text.getBytes(UTF_8), "tools/deep/run.sh", text.getBytes(UTF_8));
        return forge.propose(REPOSITORY, new Proposal("main", from, branch, "m", "Pin " + text, "b", files))
                .orElseThrow();
    }

    private static RecordedForge.Fault at(int request, int status, String body) {
        int[] seen = {0};
        return exchange -> {
            if (seen[0]++ != request) {
                return false;
            }
            RecordedForge.send(exchange, status, body);
            return true;
        };
    }

    /** Whatever breaks off: doing it again ends with one pull request of the newest content. */
    private static List<Pull> breaksOffAnywhere(ForgeKind kind, int status, String body) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            Forge forge = recorded.open(true);
            boolean reached = true;
            for (int request = 0; reached; request++) {
                String branch = "forgefleet/pin-" + request;
                ProposedPullRequest first = propose(forge, branch, "1");
                int before = recorded.requests.size();
                recorded.fault = at(request, status, body);
                try {
                    propose(forge, branch, "2");
                } catch (ClientException e) {
                    assertThat(e).hasMessageStartingWith("could not ").hasMessageNotContaining("right-token");
                    assertThat(e.kind()).isNotEqualTo(Kind.UNAUTHORIZED);
                }
                reached = recorded.requests.size() - before > request;
                recorded.fault = exchange -> false;
                ProposedPullRequest last = propose(forge, branch, "2");
                assertThat(last.number()).as("request %d", request).isEqualTo(first.number());
                assertThat(recorded.repository.pulls("main", branch)).hasSize(1);
                byte[] content = recorded.repository
                        .at(branch)
                        .orElseThrow()
                        .files()
                        .get(PATH)
                        .content();
                assertThat(content).asString(UTF_8).isEqualTo("2");
            }
            assertThat(recorded.repository.pulls).hasSizeGreaterThan(5);
            return recorded.repository.pulls;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void endsWellAfterItBrokeOffAtAnyRequest(ForgeKind kind) throws Exception {
        List<Pull> pulls = breaksOffAnywhere(kind, 503, "<html>maintenance</html>");
        assertThat(pulls).allMatch(pull -> pull.title.equals("Pin 2"));
    }

    @Test
    void endsWellAfterAnyAnswerWasGarbage() throws Exception {
        breaksOffAnywhere(ForgeKind.GITHUB, 200, "{}");
    }

    @ParameterizedTest
    @EnumSource(names = {"GITHUB", "GITLAB"})
    void comesBackAfterARateLimitAmidThePages(ForgeKind kind) throws Exception {
        try (RecordedForge recorded = new RecordedForge(kind)) {
            Forge forge = recorded.open(true);
            propose(forge, "1");
            recorded.fault = exchange -> {
                if (!exchange.getRequestURI().getPath().matches(".*/(pulls|merge_requests)")) {
                    return false;
                }
                exchange.getResponseHeaders().set("Retry-After", "21");
                RecordedForge.send(exchange, 429, "{\"message\":\"slow down\"}");
                return true;
            };
            ClientException failure = catchThrowableOfType(ClientException.class, () -> propose(forge, "2"));
            assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(21));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 422})
    void saysThatWorkflowsNeedTheirScope(int status) throws Exception {
        String refusal = "{\"message\":\"refusing to allow a token to create or update workflow\"}";
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            Forge forge = recorded.open(true);
            recorded.fault = exchange -> {
                if (!exchange.getRequestMethod().equals("POST")
                        || !exchange.getRequestURI().getPath().endsWith("/git/trees")) {
                    return false;
                }
                RecordedForge.send(exchange, status, status == 404 ? "{\"message\":\"Not Found\"}" : refusal);
                return true;
            };
            ClientException failure = catchThrowableOfType(ClientException.class, () -> propose(forge, "1"));
            assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
            assertThat(failure)
                    .hasMessageContaining("could not write branch forgefleet/pin-ci of forge/team/app")
                    .hasMessageContaining("scope workflow");
            assertThat(recorded.repository.branches).doesNotContainKey(BRANCH);
        }
    }

    @Test
    void aFileStaysExecutable() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITHUB)) {
            propose(recorded.open(true), "1");
            Map<String, RecordedRepository.Entry> files =
                    recorded.repository.at(BRANCH).orElseThrow().files();
            assertThat(files.get("tools/deep/run.sh").mode()).isEqualTo("100755");
            assertThat(files.get(PATH).mode()).isEqualTo("100644");
        }
    }

    /** A fork within the same organisation has a branch of the same owner. */
    @Test
    void aForkCannotStandInForOurPullRequest() throws Exception {
        try (RecordedForge recorded = new RecordedForge(ForgeKind.GITLAB)) {
            Forge forge = recorded.open(true);
            recorded.fault = exchange -> {
                if (!exchange.getRequestMethod().equals("GET")
                        || !exchange.getRequestURI().getPath().endsWith("/merge_requests")) {
                    return false;
                }
                RecordedForge.send(exchange, 200, """
                        [{"iid":66,"state":"opened","sha":"1234567890123456789012345678901234567890",
                          "source_project_id":8,"target_project_id":7,"web_url":"x"}]""");
                return true;
            };
            ProposedPullRequest pull = propose(forge, "1");
            assertThat(pull.number()).isNotEqualTo(66);
            assertThat(pull.result()).isEqualTo(ProposedPullRequest.Result.OPENED);
        }
    }

    @Test
    void pathsThatLeaveTheRepositoryAreRefused() {
        CommitId from = new CommitId("1".repeat(40));
        for (String path : List.of("../x", "/x", "a//b", "a/../b", ".git/config", "a/.GIT/x", "", ".")) {
            Map<String, byte[]> files = Map.of(path, new byte[0]);
            assertThatThrownBy(() -> new Proposal("main", from, BRANCH, "m", "t", "b", files))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not the path of a file");
        }
    }
}
