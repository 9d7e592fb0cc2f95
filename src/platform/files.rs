//! Files that only their owner can read, replaced so that a reader sees the old or the new one.
//!
//! On Unix that is mode 0600 in a directory of mode 0700, created so and checked again at every use. On Windows the
//! files lie in the user's profile, whose access list lets in nobody but the owner, the system and administrators;
//! they inherit it, and nothing more is checked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zeroize::Zeroizing;

use super::dirs::STATE_VARIABLE;
use crate::failure::{Exit, Failure};

/// Reads an owner-only file; `None` if there is none.
///
/// The buffer is cleared when dropped.
///
/// # Errors
/// Fails when the file is a link or no file (`file_not_plain`), belongs to another user (`file_owner`), is open to
/// others (`file_mode`), is longer than `limit` bytes (`file_too_large`), or cannot be read (`file_unreadable`).
pub fn read_private(path: &Path, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match open(OpenOptions::new().read(true), path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot_open(path, error)),
    };
    check_owner_only(path, &file)?;
    let length = file
        .metadata()
        .map_or(0, |meta| usize::try_from(meta.len()).unwrap_or(usize::MAX));
    // One allocation of the final size: a growing buffer would leave copies behind that nobody clears.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.min(limit) + 1));
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| cannot_read(path))?;
    if bytes.len() > limit {
        return Err(failure(
            "file_too_large",
            path,
            "is longer than anything this program writes",
        )
        .hint(format!("look what it is, then: rm '{}'", path.display()))
        .into());
    }
    Ok(Some(bytes))
}

/// Replaces an owner-only file by one with `content`, durably; the directory is made if it is missing.
///
/// # Errors
/// Fails when the directory cannot be made or is open to others, or the disk is full or read-only; then the old file is
/// still there.
pub fn replace_private(path: &Path, content: &[u8]) -> Result<()> {
    write_beside(path, content, File::sync_all)
}

/// Replaces an owner-only file without waiting for the disk: a power failure may leave it empty.
///
/// # Errors
/// As [`replace_private`].
pub fn replace_in_passing(path: &Path, content: &[u8]) -> Result<()> {
    write_beside(path, content, |_| Ok(()))
}

/// Replaces a file that a person may have written and others may read: its owner and mode stay, a link is followed, and
/// missing directories are made. A new file is for its owner only.
///
/// # Errors
/// Fails when the directory cannot be written or the disk is full; then the old file is still there.
pub fn replace_own(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = follow_links(path)?;
    let dir = parent(&path);
    private_dir_builder().create(dir)?;
    let mut temporary = tempfile::Builder::new()
        .prefix(&unfinished_prefix(&path))
        .tempfile_in(dir)?;
    temporary.write_all(content)?;
    if let Ok(meta) = fs::metadata(&path) {
        keep_owner(temporary.as_file(), &meta);
        fs::set_permissions(temporary.path(), meta.permissions())?;
    }
    temporary.as_file().sync_all()?;
    persist(temporary, &path)?;
    settle_dir(dir, File::sync_all)
}

/// Removes a file and what an interrupted replacement of it left behind; `false` if there was no file.
///
/// # Errors
/// Fails when a file is there and cannot be removed.
pub fn remove(path: &Path) -> Result<bool> {
    for entry in fs::read_dir(parent(path)).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(unfinished_prefix(path).as_bytes())
        {
            fs::remove_file(entry.path()).map_err(|error| cannot_write(&entry.path(), error))?;
        }
    }
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot_write(path, error)),
    }
}

/// Opens an owner-only file for locking, creating it and its directory if need be; what is in it stays.
///
/// # Errors
/// As [`replace_private`] and, for a file that is there, [`read_private`].
pub fn open_private(path: &Path) -> Result<File> {
    make_private_dir(parent(path))?;
    let file = open(
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false),
        path,
    )
    .map_err(|error| {
        if is_link(&error) {
            cannot_open(path, error)
        } else {
            cannot_write(path, error)
        }
    })?;
    check_owner_only(path, &file)?;
    Ok(file)
}

/// Makes a directory (and its parents) that only its owner can enter; one that is there is checked.
///
/// # Errors
/// Fails when it cannot be made (`file_not_writable`), belongs to another user or is another user's link (`file_owner`), or
/// others may write in it (`file_mode`).
pub fn make_private_dir(dir: &Path) -> Result<()> {
    private_dir_builder()
        .create(dir)
        .map_err(|error| not_writable("file_not_writable", dir, "cannot be made", error))?;
    check_dir(dir)
}

/// Makes directories; content with one that exists, and those it makes only their owner can enter.
fn private_dir_builder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Returns where a chain of symbolic links ends, be there a file or not yet.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // Linux gives up after as many.
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(target) => path = parent(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The beginning of the names of temporary files beside `path`.
fn unfinished_prefix(path: &Path) -> String {
    format!(
        ".{}.new-",
        path.file_name().unwrap_or_default().to_string_lossy()
    )
}

fn write_beside(
    path: &Path,
    content: &[u8],
    settle: impl Fn(&File) -> io::Result<()>,
) -> Result<()> {
    let dir = parent(path);
    make_private_dir(dir)?;
    let written = || {
        // Mode 0600 from the first moment: tempfile's own default on Unix.
        let mut temporary = tempfile::Builder::new()
            .prefix(&unfinished_prefix(path))
            .tempfile_in(dir)?;
        temporary.write_all(content)?;
        settle(temporary.as_file())?;
        persist(temporary, path)?;
        settle_dir(dir, &settle)
    };
    written().map_err(|error| cannot_write(path, error))
}

fn parent(path: &Path) -> &Path {
    path.parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // NONBLOCK: opening a FIFO someone put here must not wait for its other end.
    options
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
}

/// Whether opening failed because the path is a symbolic link: ELOOP, by O_NOFOLLOW.
#[cfg(unix)]
fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

#[cfg(unix)]
fn check_owner_only(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let meta = file.metadata().with_context(|| cannot_read(path))?;
    if !meta.is_file() {
        return Err(failure("file_not_plain", path, "is not a plain file")
            .hint(format!("look what it is, then: rm -r '{}'", path.display()))
            .into());
    }
    check_owner(path, meta.uid())?;
    if meta.mode() & 0o077 != 0 {
        let mode = meta.mode() & 0o777;
        return Err(failure(
            "file_mode",
            path,
            format!("is open to other users (mode {mode:04o})"),
        )
        .hint(format!("chmod 600 '{}'", path.display()))
        .into());
    }
    Ok(())
}

/// Others may list the directory of ours (its files are closed to them), but not put files into it.
#[cfg(unix)]
fn check_dir(dir: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let link = fs::symlink_metadata(dir).with_context(|| cannot_read(dir))?;
    // In a directory for all, such as `/tmp`, anyone can put a link where we look; the one of an administrator is obeyed.
    if link.uid() != 0 {
        check_owner(dir, link.uid())?;
    }
    let meta = fs::metadata(dir).with_context(|| cannot_read(dir))?;
    check_owner(dir, meta.uid())?;
    if meta.mode() & 0o022 != 0 {
        let mode = meta.mode() & 0o777;
        return Err(failure(
            "file_mode",
            dir,
            format!("can be written by other users (mode {mode:04o})"),
        )
        .hint(format!("chmod 700 '{}'", dir.display()))
        .into());
    }
    Ok(())
}

#[cfg(unix)]
fn check_owner(path: &Path, owner: u32) -> Result<()> {
    // SAFETY: geteuid has no arguments, no memory effects, and cannot fail (POSIX).
    let us = unsafe { libc::geteuid() };
    if owner == us {
        return Ok(());
    }
    Err(failure(
        "file_owner",
        path,
        format!("belongs to user {owner}, and this is user {us}"),
    )
    .hint("run as its owner (without sudo), or set `XDG_STATE_HOME` to a directory of this user")
    .into())
}

/// Leaves the file to whom it belonged, where the system lets us: `sudo` must not take it from its owner.
#[cfg(unix)]
fn keep_owner(file: &File, before: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(before.uid()), Some(before.gid()));
}

#[cfg(unix)]
fn persist(temporary: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    temporary
        .persist(path)
        .map(drop)
        .map_err(|error| error.error)
}

#[cfg(unix)]
fn settle_dir(dir: &Path, settle: impl Fn(&File) -> io::Result<()>) -> io::Result<()> {
    settle(&File::open(dir)?)
}

#[cfg(windows)]
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

#[cfg(windows)]
fn is_link(_error: &io::Error) -> bool {
    false
}

#[cfg(windows)]
fn check_owner_only(_path: &Path, _file: &File) -> Result<()> {
    Ok(())
}

#[cfg(windows)]
fn check_dir(_dir: &Path) -> Result<()> {
    Ok(())
}

#[cfg(windows)]
fn keep_owner(_file: &File, _before: &fs::Metadata) {}

#[cfg(windows)]
fn persist(mut temporary: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    // A reader or a virus scanner that has the old file open for a moment makes the replacement fail (ERROR_ACCESS_DENIED).
    for _ in 0..50 {
        match temporary.persist(path) {
            Ok(_) => return Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::PermissionDenied => {
                temporary = error.file
            }
            Err(error) => return Err(error.error),
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    temporary
        .persist(path)
        .map(drop)
        .map_err(|error| error.error)
}

#[cfg(windows)]
fn settle_dir(_dir: &Path, _settle: impl Fn(&File) -> io::Result<()>) -> io::Result<()> {
    Ok(())
}

fn cannot_open(path: &Path, error: io::Error) -> anyhow::Error {
    if is_link(&error) {
        return failure("file_not_plain", path, "is a symbolic link")
            .hint(format!(
                "look where it points, then: rm '{}'",
                path.display()
            ))
            .into();
    }
    anyhow::Error::from(error).context(cannot_read(path))
}

fn cannot_read(path: &Path) -> Failure {
    failure("file_unreadable", path, "cannot be read")
}

fn cannot_write(path: &Path, error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let full = failure("disk_full", path, "cannot be written: no space is left")
                .hint("free some disk space");
            anyhow::Error::from(error).context(full)
        }
        _ => not_writable("file_not_writable", path, "cannot be written", error),
    }
}

fn not_writable(kind: &'static str, path: &Path, what: &str, error: io::Error) -> anyhow::Error {
    let failure = failure(kind, path, what).hint(format!(
        "set `{STATE_VARIABLE}` to a directory you can write in"
    ));
    anyhow::Error::from(error).context(failure)
}

fn failure(kind: &'static str, path: &Path, what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, kind, format!("`{}` {what}", path.display()))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn kind(error: &anyhow::Error) -> &'static str {
        Failure::of(error).map_or("none", |failure| failure.kind)
    }

    #[test]
    fn what_is_written_is_owner_only_from_the_start_and_read_back() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("a/b/file");
        replace_private(&path, b"one").unwrap();
        replace_private(&path, b"two").unwrap();
        assert_eq!(read_private(&path, 10).unwrap().unwrap().as_slice(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(
            fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777,
            0o700
        );
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no temporary file stays"
        );
    }

    #[test]
    fn a_file_open_to_others_is_refused_with_the_command_that_closes_it() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        replace_private(&path, b"text").unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let failed = read_private(&path, 10).unwrap_err();
            assert_eq!(kind(&failed), "file_mode");
            assert_eq!(
                Failure::of(&failed).unwrap().hint,
                Some(format!("chmod 600 '{}'", path.display()))
            );
            assert!(open_private(&path).is_err());
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read_private(&path, 10).is_ok());
    }

    #[test]
    fn a_link_a_directory_and_a_pipe_are_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let target = scratch.path().join("target");
        replace_private(&target, b"text").unwrap();
        let link = scratch.path().join("link");
        symlink(&target, &link).unwrap();
        let pipe = scratch.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        for path in [&link, &pipe, &scratch.path().to_path_buf()] {
            assert_eq!(
                kind(&read_private(path, 10).unwrap_err()),
                "file_not_plain",
                "{}",
                path.display()
            );
        }
        assert_eq!(kind(&open_private(&link).unwrap_err()), "file_not_plain");
    }

    #[test]
    fn replacing_a_link_replaces_the_link_and_not_what_it_points_to() {
        let scratch = tempfile::tempdir().unwrap();
        let target = scratch.path().join("target");
        fs::write(&target, "other").unwrap();
        let link = scratch.path().join("link");
        symlink(&target, &link).unwrap();
        replace_private(&link, b"ours").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"other");
        assert_eq!(
            read_private(&link, 10).unwrap().unwrap().as_slice(),
            b"ours"
        );
    }

    #[test]
    fn a_person_s_own_file_keeps_its_mode_and_its_link() {
        let scratch = tempfile::tempdir().unwrap();
        let target = scratch.path().join("dotfiles/config.toml");
        let link = scratch.path().join("config.toml");
        symlink("dotfiles/config.toml", &link).unwrap();
        replace_own(&link, b"new").unwrap();
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o600);
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        replace_own(&link, b"newer").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newer");
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o644);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn links_in_a_circle_are_an_error() {
        let scratch = tempfile::tempdir().unwrap();
        let link = scratch.path().join("link");
        symlink(&link, &link).unwrap();
        assert!(replace_own(&link, b"text").is_err());
    }

    #[test]
    fn a_directory_others_may_write_in_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("dir");
        make_private_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o770)).unwrap();
        let failed = replace_private(&dir.join("file"), b"text").unwrap_err();
        assert_eq!(
            Failure::of(&failed).unwrap().hint,
            Some(format!("chmod 700 '{}'", dir.display()))
        );
    }

    #[test]
    fn a_directory_that_another_user_s_link_leads_to_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("dir");
        make_private_dir(&dir).unwrap();
        let link = scratch.path().join("link");
        symlink(&dir, &link).unwrap();
        replace_private(&link.join("file"), b"text").unwrap();
        // Only root may give links away.
        if std::os::unix::fs::lchown(&link, Some(4321), None).is_ok() {
            let failed = replace_private(&link.join("file"), b"text").unwrap_err();
            assert_eq!(kind(&failed), "file_owner");
            assert_eq!(
                kind(&open_private(&link.join("lock")).unwrap_err()),
                "file_owner"
            );
        }
    }

    #[test]
    fn another_users_file_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        replace_private(&path, b"text").unwrap();
        assert!(read_private(&path, 10).is_ok());
        // Only root may give files away; for others the check is called with another user's number.
        let failed = match std::os::unix::fs::chown(&path, Some(4321), None) {
            Ok(()) => read_private(&path, 10).unwrap_err(),
            Err(_) => check_owner(&path, 4321).unwrap_err(),
        };
        assert_eq!(kind(&failed), "file_owner");
    }

    #[test]
    fn a_home_that_cannot_be_written_has_its_own_message() {
        let failed = replace_private(Path::new("/proc/cognito-login/file"), b"text").unwrap_err();
        assert_eq!(kind(&failed), "file_not_writable");
        let failed =
            replace_private(Path::new("/dev/null/cognito-login/file"), b"text").unwrap_err();
        assert_eq!(kind(&failed), "file_not_writable");
    }

    #[test]
    fn a_full_disk_has_its_own_message() {
        let full = io::Error::from_raw_os_error(libc::ENOSPC);
        assert_eq!(kind(&cannot_write(Path::new("f"), full)), "disk_full");
    }

    #[test]
    fn a_file_longer_than_the_limit_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        replace_private(&path, &[b'x'; 11]).unwrap();
        assert_eq!(
            kind(&read_private(&path, 10).unwrap_err()),
            "file_too_large"
        );
        assert!(read_private(&path, 11).is_ok());
    }

    #[test]
    fn removal_takes_along_what_an_interrupted_replacement_left() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        replace_private(&path, b"text").unwrap();
        fs::write(scratch.path().join(".file.new-Ab3xyz"), "half a token").unwrap();
        assert!(remove(&path).unwrap());
        assert!(!remove(&path).unwrap());
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
    }
}
