//! Threads that answer requests. They see immutable worlds only; a panic ends the job and nothing else.

use super::wire::lock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

type Job = Box<dyn FnOnce() + Send>;

/// A queue of jobs and the threads that work it off, in order.
#[derive(Debug)]
pub struct Pool {
    jobs: Sender<Job>,
}

impl Pool {
    /// As many threads as the machine runs at once, at least two: one long answer must not hold up all others.
    pub fn new() -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(2, |count| count.get().clamp(2, 8));
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name(format!("lql-answers-{number}")).spawn(move || work(&queue))?;
        }
        Ok(Self { jobs })
    }

    /// Queues a job. A panic in it is reported by the process's panic hook and caught.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let _ = self.jobs.send(Box::new(job));
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is held while waiting; the job runs without it.
        let Ok(job) = lock(queue).recv() else { return };
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
    }
}
