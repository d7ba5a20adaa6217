/** Commands of repositories, run where they can reach nothing: containers without privileges, network or secrets. */
@NullMarked
package io.forgefleet.work.sandbox;

import org.jspecify.annotations.NullMarked;
