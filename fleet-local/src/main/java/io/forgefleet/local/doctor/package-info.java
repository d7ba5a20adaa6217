/** What is there, what is missing and what is unsafe, each with what to do. */
@NullMarked
package io.forgefleet.local.doctor;

import org.jspecify.annotations.NullMarked;
