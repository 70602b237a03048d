"""The walls a process puts up around itself before it opens an untrusted file (Linux, x86-64 and ARM64).

`lock()` lets through only the system calls of the table: memory, time, and reading and writing what is already
open. No file can be opened, no socket made, no program started, no other process touched, by this process or
any thread of it, ever again; the call answers "not permitted" instead. It needs no rights and no namespaces.
"""

import ctypes
import platform
import resource
import signal
import struct

# name               x86-64  arm64   numbers from the kernel's syscall tables
ALLOWED = """
read                 0       63
write                1       64
close                3       57
fstat                5       80
lseek                8       62
mmap                 9       222
mprotect             10      226
munmap               11      215
brk                  12      214
rt_sigaction         13      134
rt_sigprocmask       14      135
rt_sigreturn         15      139
pread64              17      67
pwrite64             18      68
readv                19      65
writev               20      66
sched_yield          24      124
mremap               25      216
madvise              28      233
dup                  32      23
nanosleep            35      101
getpid               39      172
exit                 60      93
uname                63      160
fcntl                72      25
getcwd               79      17
gettimeofday         96      169
getrusage            98      165
sysinfo              99      179
times                100     153
getuid               102     174
getgid               104     176
geteuid              107     175
getegid              108     177
sigaltstack          131     132
gettid               186     178
futex                202     98
sched_getaffinity    204     123
restart_syscall      219     128
clock_gettime        228     113
clock_nanosleep      230     115
exit_group           231     94
getrandom            318     278
membarrier           324     283
rseq                 334     293
"""
# machine -> (column of the table, AUDIT_ARCH_* of linux/audit.h, number of seccomp(2))
MACHINES = {"x86_64": (1, 0xC000003E, 317), "aarch64": (2, 0xC00000B7, 277)}
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, ALL_THREADS = 38, 1, 1
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06  # linux/filter.h
KILL, NOT_PERMITTED, ALLOW = 0x80000000, 0x00050001, 0x7FFF0000  # linux/seccomp.h


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filter(numbers: list[int], architecture: int) -> bytes:
    """Instructions of the kernel's packet filter: the right architecture, then one jump for each allowed call."""
    last = len(numbers)
    rows = [(LOAD, 0, 0, 4), (JUMP_IF_EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    rows += [(JUMP_IF_EQUAL, last - at, 0, number) for at, number in enumerate(numbers)]
    rows += [(RETURN, 0, 0, NOT_PERMITTED), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *row) for row in rows)


def lock() -> bool:
    """Put the wall up for good; False where this system has none to offer."""
    machine = MACHINES.get(platform.machine())
    if platform.system() != "Linux" or machine is None:
        return False
    column, architecture, seccomp = machine
    numbers = [int(row[column]) for row in map(str.split, ALLOWED.strip().splitlines())]
    code = _filter(numbers, architecture)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return libc.syscall(seccomp, SECCOMP_SET_MODE_FILTER, ALL_THREADS, ctypes.byref(program)) == 0


def limit(seconds: int, memory: int, output: int, *, is_final: bool = True) -> None:
    """Bound what is left to this process: CPU seconds, bytes of new memory, bytes it may write.

    Unless `is_final`, a process that it starts may set limits of its own.
    """
    with open("/proc/self/statm") as status:
        used = int(status.read().split()[0]) * resource.getpagesize()
    for what, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, used + memory),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value if is_final else resource.getrlimit(what)[1]))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; here writing too much must end the process
