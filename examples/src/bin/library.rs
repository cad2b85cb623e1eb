//! A server that prepares itself after its start, answers when it can, and tidies up when nothing comes: `continue`,
//! deferred replies and idle timeouts.
//!
//! ```text
//! cargo run -p ergo-examples --bin library
//! ```

use std::collections::{HashMap, VecDeque};

use ergo::prelude::*;
use ergo::{Snapshot, sys};

// ANCHOR: state
/// Lends one copy of each book.
#[derive(Actor)]
#[actor(name = "library", snapshot)]
struct Library {
    /// Who waits for a book that is out, in order. A book that is in has no entry.
    lent: HashMap<String, VecDeque<Reply<String>>>,
    catalogue: Vec<String>,
}

/// What is done after the start, step by step.
enum Preparation {
    Read(Vec<String>),
    Sort,
}

/// `sys:get_state` and crash reports show how many books are out.
impl Snapshot for Library {
    fn snapshot(&self) -> Term {
        term!(#{books => (self.catalogue.len() as u64), lent => (self.lent.len() as u64)})
    }
}
// ANCHOR_END: state

// ANCHOR: server
#[ergo::server]
impl Library {
    /// The starter does not wait for the preparation: it is done before the first request.
    fn init(books: Vec<String>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        if books.is_empty() {
            return Err(ExitReason::Ignore);
        }
        cx.continue_with(Preparation::Read(books));
        Ok(Library {
            lent: HashMap::new(),
            catalogue: Vec::new(),
        })
    }

    #[handle_continue]
    async fn prepare(&mut self, step: Preparation, cx: &Context<Self>) {
        match step {
            Preparation::Read(books) => {
                self.catalogue = books;
                cx.continue_with(Preparation::Sort);
            }
            Preparation::Sort => self.catalogue.sort(),
        }
    }

    #[call]
    fn first(&self) -> Option<String> {
        self.catalogue.first().cloned()
    }

    /// Whoever asks for a book that is out waits for it, and nobody else waits for them.
    #[call(timeout = "60s")]
    fn borrow(&mut self, title: String, reply: Reply<String>) -> Flow {
        match self.lent.get_mut(&title) {
            Some(waiting) => waiting.push_back(reply),
            None => {
                self.lent.insert(title.clone(), VecDeque::new());
                reply.send(title);
            }
        }
        // When nothing comes for a while, `closing_time` is called.
        Flow::Timeout(millis(200))
    }

    #[cast]
    fn bring_back(&mut self, title: String) -> Flow {
        match self.lent.get_mut(&title).and_then(VecDeque::pop_front) {
            Some(next) => next.send(title),
            None => drop(self.lent.remove(&title)),
        }
        Flow::Timeout(millis(200))
    }

    /// The last one turns off the light: the answer comes after `terminate`.
    #[call]
    fn close(&mut self, cx: &Context<Self>) -> usize {
        cx.stop(ExitReason::Normal);
        self.lent.len()
    }

    #[timeout]
    fn closing_time(&mut self) -> Flow {
        println!("nothing has come for 200 ms");
        Flow::Hibernate
    }

    async fn terminate(self, reason: &ExitReason) {
        println!("closed: {reason}");
    }
}
// ANCHOR_END: server

#[tokio::main]
async fn main() -> ergo::Result {
    let node = Node::builder("library@127.0.0.1")
        .local_only()
        .start()
        .await?;
    // ANCHOR: ignored
    let ignored = node.spawn::<Library>(Vec::new()).await;
    println!("without books: {ignored:?}");
    // ANCHOR_END: ignored

    // ANCHOR: use
    let books = ["walden", "emma", "candide"].map(str::to_owned);
    let library = node.spawn::<Library>(books.to_vec()).await?;
    println!("the first book: {:?}", library.first().await?);
    println!("I have {}", library.borrow("emma".to_owned()).await?);

    // The next one waits; the library does not.
    let waiting = tokio::spawn({
        let library = library.clone();
        async move { library.borrow("emma".to_owned()).await }
    });
    println!(
        "state: {}",
        sys::get_state(&node, &library)
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    );
    library.bring_back("emma".to_owned())?;
    println!("the other has {:?}", waiting.await);

    tokio::time::sleep(millis(400)).await;
    println!(
        "books that were not brought back: {}",
        library.close().await?
    );
    // ANCHOR_END: use
    node.stop().await;
    Ok(())
}
