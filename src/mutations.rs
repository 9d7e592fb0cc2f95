//! Broken input by the thousand, from a fixed seed: the short run of what `tests/fuzz` does for long.

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"\xf0\x9f",
    b"%",
    b"%00",
    b"%ff",
    b"&",
    b"=",
    b"\r\n",
    b"\"",
    b"\\u0000",
    b"{",
    b"[[[[[[[[",
    b"-1",
    b"99999999999999999999",
    b"\x1b[2J",
];

/// Calls `target` with each seed, and `COGNITO_LOGIN_MUTATIONS` (2,000) times with one that was broken in one to four places.
pub(crate) fn run(seeds: &[&[u8]], target: fn(&[u8])) {
    let given = option_env!("COGNITO_LOGIN_MUTATIONS").and_then(|text| text.parse().ok());
    seeds.iter().for_each(|seed| target(seed));
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..given.unwrap_or(2_000) {
        let mut bytes = random.of(seeds).to_vec();
        for _ in 0..=random.below(4) {
            mutate(&mut bytes, seeds, &mut random);
        }
        target(&bytes);
    }
}

fn mutate(bytes: &mut Vec<u8>, seeds: &[&[u8]], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below(bytes.len() - at + 1);
    match random.below(6) {
        0 => drop(bytes.drain(at..end)),
        1 => bytes.truncate(at),
        2 => drop(bytes.splice(at..at, random.of(&PIECES).iter().copied())),
        3 => drop(bytes.splice(at..end, random.of(seeds).iter().copied())),
        4 => {
            let again = bytes[at..end].to_vec();
            drop(bytes.splice(at..at, again));
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
    }
    bytes.truncate(64 * 1024);
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
