// Neutral board load generator. Rust std + libc symbols only:  rustc --edition 2021 -O -C target-cpu=native loadgen.rs
// One epoll thread, open loop (latency counts from the *scheduled* send time), adapters: raw | sio | yws | hp | wbo | gt
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

#[repr(C, packed)] #[derive(Clone, Copy)] struct Ev { events: u32, data: u64 }
#[repr(C)] struct Ts { s: i64, n: i64 }
extern "C" {
    fn epoll_create1(f: i32) -> i32;
    fn epoll_ctl(e: i32, op: i32, fd: i32, ev: *mut Ev) -> i32;
    fn epoll_pwait2(e: i32, ev: *mut Ev, n: i32, t: *const Ts, m: *const u8) -> i32;
    fn clock_gettime(c: i32, t: *mut Ts) -> i32;
    fn memchr(s: *const u8, c: i32, n: usize) -> *const u8;
}
fn now() -> u64 { let mut t = Ts { s: 0, n: 0 }; unsafe { clock_gettime(1, &mut t); } t.s as u64 * 1_000_000_000 + t.n as u64 }

// ---- log-linear histogram in microseconds ----
struct Hist { b: Vec<u64>, n: u64 }
impl Hist {
    fn new() -> Self { Hist { b: vec![0; 64 * 40], n: 0 } }
    fn add(&mut self, us: u64) { let i = if us < 64 { us as usize } else { let e = 63 - us.leading_zeros() as usize; (e - 5) * 64 + ((us >> (e - 6)) & 63) as usize }; let l = self.b.len() - 1; self.b[i.min(l)] += 1; self.n += 1; }
    fn q(&self, q: f64) -> f64 {
        if self.n == 0 { return -1.0; }
        let want = ((self.n as f64) * q).ceil() as u64; let mut c = 0;
        for (i, k) in self.b.iter().enumerate() { c += k; if c >= want.max(1) {
            let us = if i < 64 { i as f64 } else { let e = i / 64 + 5; ((64 + i % 64) as u64 as f64) * 2f64.powi(e as i32 - 6) }; return us / 1000.0; } }
        -1.0
    }
}

// ---- /proc accounting: a set of root pids and all their descendants ----
fn tree(roots: &[i32]) -> Vec<i32> {
    let mut kids: HashMap<i32, Vec<i32>> = HashMap::new();
    if let Ok(d) = fs::read_dir("/proc") { for e in d.flatten() { if let Ok(p) = e.file_name().to_string_lossy().parse::<i32>() {
        if let Ok(s) = fs::read_to_string(format!("/proc/{}/stat", p)) { if let Some(i) = s.rfind(')') {
            let f: Vec<&str> = s[i + 2..].split(' ').collect(); kids.entry(f[1].parse().unwrap_or(0)).or_default().push(p); } } } } }
    let mut out = vec![]; let mut st: Vec<i32> = roots.to_vec();
    while let Some(p) = st.pop() { if !out.contains(&p) { out.push(p); if let Some(k) = kids.get(&p) { st.extend(k); } } }
    out
}
fn cpu_of(ps: &[i32]) -> f64 {
    let mut t = 0.0;
    for p in ps { if let Ok(s) = fs::read_to_string(format!("/proc/{}/stat", p)) { if let Some(i) = s.rfind(')') {
        let f: Vec<&str> = s[i + 2..].split(' ').collect(); t += f[11].parse::<f64>().unwrap_or(0.0) + f[12].parse::<f64>().unwrap_or(0.0); } } }
    t / 100.0
}
fn rss_mb(roots: &[i32]) -> f64 {
    let mut t = 0.0;
    for p in tree(roots) { if let Ok(s) = fs::read_to_string(format!("/proc/{}/status", p)) { for l in s.lines() { if l.starts_with("VmRSS") {
        t += l.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap_or(0.0); } } } }
    t / 1024.0
}
fn core_busy(cores: [usize; 2]) -> [f64; 2] {
    let s = fs::read_to_string("/proc/stat").unwrap_or_default(); let mut r = [0.0; 2];
    for l in s.lines() { for k in 0..2 { if l.starts_with(&format!("cpu{} ", cores[k])) {
        let f: Vec<f64> = l.split_whitespace().skip(1).map(|x| x.parse().unwrap_or(0.0)).collect();
        r[k] = (f[0] + f[1] + f[2] + f[5] + f[6] + f[7]) / 100.0; } } }
    r
}

// ---- protocol adapters ----
#[derive(Clone, Copy, PartialEq)] enum P { Raw, Sio, Yws, Hp, Wbo, Gt }
fn vu(b: &mut Vec<u8>, mut v: u64) { while v > 127 { b.push((v & 127) as u8 | 128); v >>= 7; } b.push(v as u8); }
fn vs(b: &mut Vec<u8>, s: &[u8]) { vu(b, s.len() as u64); b.extend_from_slice(s); }
// A Yjs v1 update that sets key "w<idx>" of the root map "notes": what Y.Map.set() itself would produce.
fn yupdate(client: u64, clock: u64, key: &str, val: &[u8]) -> Vec<u8> {
    let mut u = vec![1u8, 1]; vu(&mut u, client); vu(&mut u, clock);
    if clock == 0 { u.push(8 | 0x20); u.push(1); vs(&mut u, b"notes"); vs(&mut u, key.as_bytes()); }
    else { u.push(8 | 0x80); vu(&mut u, client); vu(&mut u, clock - 1); }
    u.push(1); u.push(119); vs(&mut u, val);
    if clock == 0 { u.push(0); } else { u.push(1); vu(&mut u, client); u.push(1); vu(&mut u, clock - 1); u.push(1); }
    u
}
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d]; // not zeros: some servers skip unmasking those, and browsers never send them
fn frame(out: &mut Vec<u8>, op: u8, p: &[u8]) { // client frame
    out.push(0x80 | op);
    if p.len() < 126 { out.push(0x80 | p.len() as u8); } else { out.push(0x80 | 126); out.extend_from_slice(&(p.len() as u16).to_be_bytes()); }
    out.extend_from_slice(&MASK); out.extend(p.iter().zip(MASK.iter().cycle()).map(|(a, m)| a ^ m));
}

struct Conn { s: TcpStream, r: Vec<u8>, w: Vec<u8>, st: u8, board: usize, idx: usize, clock: u64, head: u64, seq: u32, last: Vec<u32>, dead: bool }
struct Gen { p: P, host: String, path: String, header: String, c: Vec<Conn>, ep: i32, n: usize, got: u64, own: u64, bad: u64, frames: u64, bytes: u64, h: Hist, ho: Hist, ms: u64, me: u64, win: u64, ready: usize, closed: usize }

fn hex(b: &[u8]) -> u64 { let mut v = 0; for c in b { v = v * 16 + match c { b'0'..=b'9' => c - 48, _ => c.wrapping_sub(87) } as u64; } v }

impl Gen {
    fn bname(&self, b: usize) -> String { format!("b{}", b) }
    fn open(&mut self, board: usize, idx: usize, addr: &str) {
        let s = TcpStream::connect(addr).expect("connect"); s.set_nodelay(true).ok(); s.set_nonblocking(true).ok();
        let i = self.c.len(); let mut ev = Ev { events: 1, data: i as u64 };
        unsafe { epoll_ctl(self.ep, 1, s.as_raw_fd(), &mut ev); }
        let fill = |t: &str| t.replace("{b}", &self.bname(board)).replace("{B}", &format!("{:08x}", board)).replace("{i}", &idx.to_string());
        let (path, header) = (fill(&self.path), if self.header.is_empty() { String::new() } else { fill(&self.header) + "\r\n" });
        let req = format!("GET {} HTTP/1.1\r\nHost: {}\r\nOrigin: http://{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n", path, self.host, self.host, header);
        self.c.push(Conn { s, r: Vec::with_capacity(4096), w: req.into_bytes(), st: 0, board, idx, clock: 0, head: 0, seq: 0, last: vec![0; self.n], dead: false });
        self.flush(i);
    }
    fn flush(&mut self, i: usize) {
        let c = &mut self.c[i]; if c.dead { c.w.clear(); return; }
        while !c.w.is_empty() { match c.s.write(&c.w) { Ok(0) => { c.dead = true; break; } Ok(k) => { c.w.drain(..k); } Err(e) if e.kind() == ErrorKind::WouldBlock => break, Err(_) => { c.dead = true; self.closed += 1; break; } } }
    }
    fn upgraded(&mut self, i: usize) {
        let b = self.bname(self.c[i].board); let mut o = vec![];
        match self.p {
            P::Raw => { self.c[i].st = 2; self.ready += 1; }
            P::Sio | P::Wbo => { self.c[i].st = 1; }
            P::Gt => { self.c[i].st = 1; let c = &self.c[i];
                let m = format!("{{\"t\":\"hello\",\"board\":\"{:08x}-0000-4000-8000-000000000000\",\"device\":\"device-of-participant-{:08}\"}}", c.board, c.idx); frame(&mut o, 1, m.as_bytes()); }
            P::Yws => { self.c[i].st = 2; self.ready += 1; frame(&mut o, 2, &[0, 0, 1, 0]); }
            P::Hp => { self.c[i].st = 1; let mut m = vec![]; vs(&mut m, b.as_bytes()); m.push(2); m.push(0); vs(&mut m, b"tok"); vs(&mut m, b"4.7.0"); frame(&mut o, 2, &m); }
        }
        self.c[i].w.extend_from_slice(&o); self.flush(i);
    }
    fn msg(&mut self, i: usize, a: usize, z: usize, t: u64) {
        self.frames += 1;
        let st = self.c[i].st; let mut o: Vec<u8> = vec![];
        if self.p == P::Sio || self.p == P::Wbo {
            let d = &self.c[i].r[a..z];
            if d == b"2" { frame(&mut o, 1, b"3"); }
            else if st == 1 && d.first() == Some(&b'0') { frame(&mut o, 1, b"40"); }
            else if st == 1 && self.p == P::Wbo && d.starts_with(b"40") { self.c[i].st = 2; self.ready += 1; }
            else if st == 1 && d.starts_with(b"40") { let m = format!("420[\"join\",\"b{}\"]", self.c[i].board); frame(&mut o, 1, m.as_bytes()); }
            else if st == 1 && d.starts_with(b"430") { self.c[i].st = 2; self.ready += 1; }
        } else if self.p == P::Gt {
            // Ready with one's own part of the picture. With each op a client says what it has seen: the last seq it was told.
            let c = &mut self.c[i]; let d = &c.r[a..z];
            if st == 1 && d.starts_with(b"{\"t\":\"yours\"") { c.st = 2; self.ready += 1; }
            else if d.starts_with(b"{\"t\":\"bye\"") { eprintln!("{}", String::from_utf8_lossy(d)); }
            else if c.idx < 30 && d.starts_with(b"{\"t\":\"ops\"") {
                let key = b"{\"seq\":"; let mut k = d.len() - key.len();
                while k > 0 && &d[k..k + key.len()] != key { k -= 1; }
                let mut v = 0u64; for x in &d[k + key.len()..] { if !x.is_ascii_digit() { break; } v = v * 10 + (x - 48) as u64; }
                c.head = v;
            }
        } else if self.p == P::Hp && st == 1 {
            let d = &self.c[i].r[a..z]; let l = d[0] as usize;
            if d.len() > l + 2 && d[1 + l] == 2 { if d[2 + l] == 2 { self.c[i].st = 2; self.ready += 1;
                let mut m = vec![]; vs(&mut m, format!("b{}", self.c[i].board).as_bytes()); m.extend_from_slice(&[0, 0, 1, 0]); frame(&mut o, 2, &m); } else { eprintln!("auth denied"); } }
        }
        if !o.is_empty() { self.c[i].w.extend_from_slice(&o); self.flush(i); }
        // every "~T<conn:8><seq:8><ns:16>~" token in the payload is one delivered op, batched or not
        let c = &mut self.c[i]; let mut k = a;
        while k + 35 <= z {
            let p = unsafe { memchr(c.r.as_ptr().add(k), b'~' as i32, z - k) }; if p.is_null() { break; }
            k = p as usize - c.r.as_ptr() as usize;
            if k + 35 <= z && c.r[k + 1] == b'T' && c.r[k + 34] == b'~' {
                let w = hex(&c.r[k + 2..k + 10]) as usize; let s = hex(&c.r[k + 10..k + 18]) as u32; let ts = hex(&c.r[k + 18..k + 34]);
                let lat = t.saturating_sub(ts) / 1000; let own = w == c.idx;
                if w < c.last.len() { if s != c.last[w] + 1 { self.bad += 1; } c.last[w] = s; } else { self.bad += 1; }
                if own { self.own += 1; if ts >= self.ms { self.ho.add(lat); } }
                else { self.got += 1; if ts >= self.ms { self.h.add(lat); } if t >= self.ms && t < self.me { self.win += 1; } }
                k += 35;
            } else { k += 1; }
        }
    }
    fn readable(&mut self, i: usize, buf: &mut [u8]) {
        if self.c[i].dead { return; }
        loop {
            let k = match self.c[i].s.read(buf) { Ok(0) => { self.die(i); return; } Ok(k) => k, Err(e) if e.kind() == ErrorKind::WouldBlock => break, Err(_) => { self.die(i); return; } };
            self.bytes += k as u64; self.c[i].r.extend_from_slice(&buf[..k]);
            let t = now();
            if self.c[i].st == 0 {
                let p = { let r = &self.c[i].r; r.windows(4).position(|w| w == b"\r\n\r\n") };
                match p { Some(p) => { if !self.c[i].r.starts_with(b"HTTP/1.1 101") { eprintln!("handshake: {}", String::from_utf8_lossy(&self.c[i].r[..p.min(200)])); self.die(i); return; }
                    self.c[i].r.drain(..p + 4); self.upgraded(i); } None => continue }
            }
            let mut a = 0;
            loop {
                let r = &self.c[i].r; let l = r.len() - a; if l < 2 { break; }
                let (op, mut n, mut hd) = (r[a] & 15, (r[a + 1] & 127) as usize, 2);
                if n == 126 { if l < 4 { break; } n = u16::from_be_bytes([r[a + 2], r[a + 3]]) as usize; hd = 4; }
                else if n == 127 { if l < 10 { break; } n = u64::from_be_bytes(r[a + 2..a + 10].try_into().unwrap()) as usize; hd = 10; }
                if l < hd + n { break; }
                match op { 8 => { self.die(i); return; } 9 => { let pl = r[a + hd..a + hd + n].to_vec(); let c = &mut self.c[i]; frame(&mut c.w, 10, &pl); self.flush(i); } 10 => {} _ => self.msg(i, a + hd, a + hd + n, t) }
                a += hd + n;
            }
            if a == self.c[i].r.len() { self.c[i].r.clear(); } else if a > 0 { self.c[i].r.drain(..a); }
            if k < buf.len() { break; }
        }
    }
    fn die(&mut self, i: usize) { if !self.c[i].dead { self.c[i].dead = true; self.closed += 1; let mut e = Ev { events: 0, data: 0 }; unsafe { epoll_ctl(self.ep, 2, self.c[i].s.as_raw_fd(), &mut e); } } }
    fn poll(&mut self, wait_ns: u64, buf: &mut [u8]) {
        let mut ev = [Ev { events: 0, data: 0 }; 256]; let ts = Ts { s: (wait_ns / 1_000_000_000) as i64, n: (wait_ns % 1_000_000_000) as i64 };
        let k = unsafe { epoll_pwait2(self.ep, ev.as_mut_ptr(), 256, &ts, std::ptr::null()) };
        for e in &ev[..k.max(0) as usize] { let i = e.data as usize; self.readable(i, buf); }
    }
    fn send_op(&mut self, i: usize, ts: u64) {
        let c = &mut self.c[i]; c.seq += 1; let mut s = String::with_capacity(140);
        let _ = write!(s, "{{\"t\":\"move\",\"id\":\"note-{:04}\",\"x\":{:.1},\"y\":{:.1},\"z\":7,\"c\":\"#ffd54f\",\"k\":\"~T{:08x}{:08x}{:016x}~\"}}", c.idx, 100.5 + (c.seq % 900) as f64, 200.5 + (c.seq % 700) as f64, c.idx, c.seq, ts);
        match self.p {
            P::Raw => frame(&mut c.w, 1, s.as_bytes()),
            P::Gt => { // an edit of the participant's own note; ids are random (version 4), as the protocol wants them
                let mut h = (i as u64) << 32 | c.seq as u64; let mut x = || { h = h.wrapping_add(0x9e3779b97f4a7c15); let mut z = h ^ ts; z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9); z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb); z ^ (z >> 31) };
                let (u, v) = (x(), x());
                let m = format!("{{\"t\":\"op\",\"op_id\":\"{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}\",\"base_seq\":{},\"kind\":\"note.edit\",\"target\":\"{:08x}-0000-4000-8000-{:012x}\",\"props\":{{\"text\":\"~T{:08x}{:08x}{:016x}~\"}}}}",
                    u >> 32, (u >> 16) & 0xffff, u & 0xfff, v >> 52, v & 0xffffffffffff, c.head, c.board, c.idx + 1, c.idx, c.seq, ts);
                frame(&mut c.w, 1, m.as_bytes()) }
            P::Sio => { let m = format!("42[\"op\",{}]", s); frame(&mut c.w, 1, m.as_bytes()) }
            P::Wbo => { // whitebophir text tool (5): create once per writer, then update the text
                if c.seq == 1 { let m = format!("42[\"broadcast\",{{\"tool\":5,\"type\":1,\"id\":\"t{:04}\",\"color\":\"#112233\",\"size\":36,\"opacity\":1,\"x\":{},\"y\":100,\"clientMutationId\":\"c{}\"}}]", c.idx, 100 + c.idx, c.idx); frame(&mut c.w, 1, m.as_bytes()); }
                let m = format!("42[\"broadcast\",{{\"tool\":5,\"type\":2,\"id\":\"t{:04}\",\"txt\":\"note text of some length here ~T{:08x}{:08x}{:016x}~\",\"clientMutationId\":\"m{}-{}\"}}]", c.idx, c.idx, c.seq, ts, c.idx, c.seq); frame(&mut c.w, 1, m.as_bytes())
            }
            P::Yws | P::Hp => {
                let u = yupdate(1000 + i as u64, c.clock, &format!("w{}", c.idx), s.as_bytes()); c.clock += 1; let mut m = vec![];
                if self.p == P::Hp { vs(&mut m, format!("b{}", c.board).as_bytes()); }
                m.push(0); m.push(2); vs(&mut m, &u); frame(&mut c.w, 2, &m)
            }
        }
        self.flush(i);
    }
}

const OPTIONS: [&str; 20] = ["addr", "path", "header", "proto", "boards", "n", "writers", "conc", "settle", "nominal", "hint", "factor", "steps", "warm", "step", "p99", "pids", "rss", "cores", "help"];

fn main() {
    let a: HashMap<String, String> = std::env::args().skip(1).collect::<Vec<_>>().chunks(2).map(|c| (c[0].trim_start_matches('-').to_string(), c.get(1).cloned().unwrap_or_default())).collect();
    for k in a.keys() { assert!(OPTIONS.contains(&k.as_str()), "unknown option --{}; known: {:?}", k, OPTIONS); }
    let g = |k: &str, d: &str| a.get(k).cloned().unwrap_or(d.to_string());
    let f = |k: &str, d: &str| g(k, d).parse::<f64>().unwrap();
    let pids: Vec<i32> = g("pids", "").split(',').filter_map(|x| x.parse().ok()).collect();
    let rp: Vec<i32> = g("rss", "").split(',').filter_map(|x| x.parse().ok()).collect();
    let addr = g("addr", "127.0.0.1:9001"); let (b, n) = (f("boards", "1") as usize, f("n", "30") as usize);
    assert!(addr.starts_with("127.0.0.1:")); // bounded, local only
    let cores: Vec<usize> = g("cores", "0,1").split(',').filter_map(|x| x.parse().ok()).collect(); let cores = [cores[0], cores[1]];
    let p = match g("proto", "raw").as_str() { "raw" => P::Raw, "sio" => P::Sio, "wbo" => P::Wbo, "yws" => P::Yws, "hp" => P::Hp, "gt" => P::Gt, x => panic!("unknown --proto {}", x) };
    let mut q = Gen { p, host: addr.clone(), path: g("path", "/ws/{b}"), header: g("header", ""), c: vec![], ep: unsafe { epoll_create1(0) }, n, got: 0, own: 0, bad: 0, frames: 0, bytes: 0, h: Hist::new(), ho: Hist::new(), ms: 0, me: 0, win: 0, ready: 0, closed: 0 };
    let mut buf = vec![0u8; 262144];
    let (r0, t0, c0) = (rss_mb(&rp), now(), cpu_of(&tree(&pids)));
    let total = b * n; let conc = f("conc", "64") as usize;
    while q.ready < total && q.closed == 0 && now() - t0 < 60_000_000_000 {
        while q.c.len() < total && q.c.len() - q.ready < conc { let k = q.c.len(); q.open(k / n, k % n, &addr); }
        q.poll(1_000_000, &mut buf);
    }
    let ct = (now() - t0) as f64 / 1e9; let c1 = cpu_of(&tree(&pids));
    let e = now() + (f("settle", "0.7") * 1e9) as u64; while now() < e { q.poll(5_000_000, &mut buf); }
    let r1 = rss_mb(&rp);
    print!("{{\"conns\":{},\"ready\":{},\"connect_s\":{:.3},\"connects_per_s\":{:.0},\"connect_cpu_s\":{:.2},\"us_per_conn\":{:.0},\"rss0_mb\":{:.1},\"rss1_mb\":{:.1},\"kb_per_conn\":{:.1},\"steps\":[", total, q.ready, ct, q.ready as f64 / ct, c1 - c0, (c1 - c0) * 1e6 / total as f64, r0, r1, (r1 - r0) * 1024.0 / total as f64);
    if q.ready < total { println!("],\"error\":\"not all ready\"}}"); return; }
    let wr = n.min(f("writers", "30") as usize); let (warm, step, lim) = (f("warm", "0.4"), f("step", "2.0"), f("p99", "200"));
    let (mut best, mut bestd, mut first) = (0.0f64, 0.0f64, true); let maxst = f("steps", "7") as usize;
    let mut rate = f("nominal", "20"); let mut lo = 0.0f64; let mut hi = f64::MAX; let hint = f("hint", "200"); let fac = f("factor", "1.7"); let mut nst = 0; let mut kop: u64 = 0;
    loop {
        let nominal = nst == 0; q.h = Hist::new(); q.ho = Hist::new(); q.got = 0; q.own = 0; q.bad = 0; q.frames = 0; q.bytes = 0; q.win = 0;
        let s0 = now() + 2_000_000; q.ms = s0 + (warm * 1e9) as u64; q.me = q.ms + (step * 1e9) as u64;
        let mut sent: u64 = 0; let mut abort = false; let (mut m0, mut b0, mut g0) = (-1.0, [0.0; 2], 0.0); let me = [std::process::id() as i32]; let mut ps = vec![]; let mut w0 = 0;
        let due_of = |k: u64| if rate > 0.0 { s0 + (k as f64 / rate * 1e9) as u64 } else { u64::MAX }; // --nominal 0: an idle step
        loop {
            let t = now(); if t >= q.me { break; }
            if t >= q.ms && m0 < 0.0 { ps = tree(&pids); m0 = cpu_of(&ps); b0 = core_busy(cores); g0 = cpu_of(&me); w0 = t; }
            let mut due = due_of(sent); let mut burst = 0;
            while due <= t && burst < 64 { let bd = (kop as usize) % b; let w = (kop as usize / b) % wr; kop += 1; q.send_op(bd * n + w, due); sent += 1; burst += 1; due = due_of(sent); }
            let exp = sent * (n as u64 - 1);
            if exp.saturating_sub(q.got) as f64 > rate * (n as f64 - 1.0) * 1.0 + 2.0 * n as f64 { abort = true; break; }
            let nw = now(); q.poll(if burst >= 64 { 0 } else { due.saturating_sub(nw).min(2_000_000) }, &mut buf);
        }
        let endt = now(); if abort { q.me = endt; }
        let wall = if w0 > 0 { (endt - w0) as f64 / 1e9 } else { 1e-9 };
        let (cs, b1, gc) = if m0 >= 0.0 { (cpu_of(&ps) - m0, core_busy(cores), cpu_of(&me) - g0) } else { (0.0, [0.0; 2], 0.0) };
        let exp = sent * (n as u64 - 1); let mut lastg = q.got; let mut lt = now();
        while q.got < exp && now() - lt < 2_500_000_000 && now() - endt < 15_000_000_000 { q.poll(2_000_000, &mut buf); if q.got != lastg { lastg = q.got; lt = now(); } for i in 0..q.c.len() { if !q.c[i].w.is_empty() { q.flush(i); } } }
        let lost = exp as i64 - q.got as i64; let dps = q.win as f64 / wall; let (p50, p95, p99) = (q.h.q(0.5), q.h.q(0.95), q.h.q(0.99));
        let ok = !abort && lost == 0 && q.bad == 0 && q.closed == 0 && p99 < lim && dps >= 0.96 * rate * (n as f64 - 1.0);
        print!("{}{{\"rate\":{:.1},\"dps\":{:.0},\"p50\":{:.2},\"p95\":{:.2},\"p99\":{:.2},\"ack50\":{:.2},\"ack99\":{:.2},\"lost\":{},\"disorder\":{},\"closed\":{},\"cpu_s\":{:.2},\"cpu_frac\":{:.3},\"us_per_del\":{:.2},\"gen_frac\":{:.2},\"foreign\":[{:.2},{:.2}],\"ops_per_frame\":{:.2},\"rss_mb\":{:.0},\"ok\":{}}}",
            if first { "" } else { "," }, rate, dps, p50, p95, p99, q.ho.q(0.5), q.ho.q(0.99), lost, q.bad, q.closed, cs, cs / wall, if q.win > 0 { cs * 1e6 / q.win as f64 } else { 0.0 }, gc / wall,
            (b1[0] - b0[0] - cs) / wall, (b1[1] - b0[1] - gc) / wall, (q.got + q.own) as f64 / q.frames.max(1) as f64, rss_mb(&rp), ok);
        first = false; nst += 1;
        if lost != 0 || q.closed > 0 { break; }
        if !nominal { if ok { lo = lo.max(rate); best = lo; bestd = bestd.max(dps); } else { hi = hi.min(rate); } }
        if nst > maxst || (lo > 0.0 && hi / lo < 1.14) { break; }
        rate = if nominal { hint } else if hi == f64::MAX { rate * fac } else if lo == 0.0 { hi / fac } else { (lo * hi).sqrt() };
        if rate < 2.0 { break; }
        let e = now() + 200_000_000; while now() < e { q.poll(5_000_000, &mut buf); }
    }
    println!("],\"best_rate\":{:.1},\"best_dps\":{:.0},\"sustained_dps\":{:.0}}}", best, best * (n as f64 - 1.0), bestd);
}
