package io.forgefleet.cleanup.apply;

import io.forgefleet.runtime.claim.Acquisition;
import io.forgefleet.runtime.claim.Claim;
import io.forgefleet.runtime.claim.ClaimLostException;
import io.forgefleet.runtime.claim.Claims;
import io.forgefleet.runtime.claim.RecordRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/** Marks as claims. */
public final class ClaimMarks implements Marks {

    private final Claims claims;

    /** No record's: whoever meets a mark meets somebody else's work. */
    private final RecordRef self = new RecordRef("cleanup/" + UUID.randomUUID(), 0, 0);

    public ClaimMarks(Claims claims) {
        this.claims = claims;
    }

    @Override
    public Optional<Mark> take(Collection<String> keys) throws InterruptedException {
        List<Claim> taken = new ArrayList<>();
        boolean all = false;
        try {
            for (String key : new TreeSet<>(keys)) {
                if (!(claims.acquire(key, self) instanceof Acquisition.Held held)) {
                    return Optional.empty();
                }
                taken.add(held.claim());
            }
            all = true;
            return Optional.of(new Held(taken));
        } finally {
            if (!all) {
                taken.forEach(Claim::release);
            }
        }
    }

    private record Held(List<Claim> claims) implements Mark {

        @Override
        public void ensureHeld() throws ClaimLostException, InterruptedException {
            for (Claim claim : claims) {
                claim.ensureHeld();
            }
        }

        @Override
        public void close() {
            claims.forEach(Claim::release);
        }
    }
}
