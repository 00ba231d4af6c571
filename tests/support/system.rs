//! The few calls to the operating system that the standard library lacks.
#![expect(unsafe_code, reason = "process control of the throw-away PostgreSQL")]

use std::{ffi::CString, io, os::unix::ffi::OsStrExt, path::Path, process::Command};

/// Account to run a program under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

pub(crate) fn is_root() -> bool {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

/// The account `postgres`, if this machine has it.
pub(crate) fn postgres_account() -> Option<Account> {
    // SAFETY: the name is a C string. The answer is read at once, and only one thread of this program asks.
    unsafe {
        let entry = libc::getpwnam(c"postgres".as_ptr()).as_ref()?;
        Some(Account { user: entry.pw_uid, group: entry.pw_gid })
    }
}

/// Whether a process of this number exists, whoever it belongs to.
pub(crate) fn is_alive(process: i32) -> bool {
    // SAFETY: signal 0 only asks.
    let answer = unsafe { libc::kill(process, 0) };
    answer == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// Asks a PostgreSQL server to stop without ceremony.
pub(crate) fn quit(process: i32) {
    // SAFETY: sends a signal to a child of ours.
    unsafe { libc::kill(process, libc::SIGQUIT) };
}

/// Free space under a directory, in bytes.
pub(crate) fn free_space(directory: &Path) -> Option<u64> {
    let directory = CString::new(directory.as_os_str().as_bytes()).ok()?;
    // SAFETY: an all-zero `statvfs` is valid, and the call fills it in.
    let (answer, space) = unsafe {
        let mut space: libc::statvfs = std::mem::zeroed();
        (libc::statvfs(directory.as_ptr(), &raw mut space), space)
    };
    #[cfg_attr(target_os = "linux", expect(clippy::useless_conversion, reason = "narrower on other systems"))]
    (answer == 0).then(|| u64::from(space.f_bavail) * u64::from(space.f_frsize))
}

/// Lets a child end with the thread that starts it. Elsewhere than on Linux, it ends only if this process ends normally.
pub(crate) fn end_with_parent(command: &mut Command) {
    #[cfg(target_os = "linux")]
    // SAFETY: between fork and exec only `prctl` is called, which is a plain system call.
    unsafe {
        use std::os::unix::process::CommandExt;
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT);
            Ok(())
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = command;
}

pub(crate) fn at_exit(step: extern "C" fn()) {
    // SAFETY: the function is a static one.
    unsafe { libc::atexit(step) };
}

/// Ends the process from within its own end, where [`std::process::exit`] must not be called again.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(code) }
}
