package io.forgefleet.gateway.intake;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that bodies may take together. Thread-safe. */
final class BodyBudget {

    private final long all;
    private final long forLarge;
    private final int small;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(IntakeLimits limits) {
        this.all = limits.bodies();
        this.forLarge = limits.bodies() - limits.bodies() / 8;
        this.small = limits.small();
    }

    /** Takes bytes for a body that will have so many in all; false when there is no room, and nothing is taken. */
    boolean take(long bytes, long inAll) {
        long most = inAll <= small ? all : forLarge;
        long now = taken.addAndGet(bytes);
        if (now > most) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
