package io.forgefleet.runtime.claim;

/**
 * One record of the claim log. It is valid only if what it names as {@code previous} is its key's newest valid record
 * at the place where it lands; {@link ClaimTable} decides.
 *
 * @param previous offset of the key's newest valid record as the writer knows it, or {@link ClaimTable#NONE}
 * @param epoch offset of the claim that this renews or releases; {@link ClaimTable#NONE} in a claim, whose own offset
 *     becomes the epoch
 * @param owner identity of one contender for one key, never used again
 * @param sequence counts what this owner sent, from 0; tells it when the record that came back was sent
 * @param job the record that the owner works on
 */
record ClaimRecord(Type type, long previous, long epoch, String owner, int sequence, RecordRef job) {

    enum Type {
        CLAIM,
        RENEWAL,
        RELEASE
    }
}
