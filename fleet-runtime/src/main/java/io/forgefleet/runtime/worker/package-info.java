/** What a worker kind is to the fleet: a class with one method, and what it may do while it runs. */
@NullMarked
package io.forgefleet.runtime.worker;

import org.jspecify.annotations.NullMarked;
