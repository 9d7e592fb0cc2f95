//! What differs between operating systems; a file per topic, each with its `cfg`s inside.
