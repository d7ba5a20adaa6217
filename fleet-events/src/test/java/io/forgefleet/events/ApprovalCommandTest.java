package io.forgefleet.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"/ok-to-test", "looks fine\n/ok-to-test  \nthanks", "a\r\n/ok-to-test\r\n"})
    void isALineOfItsOwn(String comment) {
        assertThat(ApprovalCommand.in(comment)).contains(new ApprovalCommand(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "please say /ok-to-test",
                "> /ok-to-test",
                "    /ok-to-test",
                "`/ok-to-test`",
                "/ok-to-test-not",
                "/ok-to-test now",
                "/OK-TO-TEST",
                "/ok-to-test abc12"
            })
    void isNotWhatOnlyTalksOfIt(String comment) {
        assertThat(ApprovalCommand.in(comment)).isEmpty();
    }

    @Test
    void coversTheCommitThatItNamesAndNoOther() {
        CommitId commit = new CommitId("0123456789abcdef0123456789abcdef01234567");
        assertThat(ApprovalCommand.in("/ok-to-test 0123456").orElseThrow().covers(commit))
                .isTrue();
        assertThat(ApprovalCommand.in("/ok-to-test 1234567").orElseThrow().covers(commit))
                .isFalse();
        assertThat(ApprovalCommand.in("/ok-to-test").orElseThrow().covers(commit))
                .isTrue();
    }
}
